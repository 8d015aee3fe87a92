# parallax: size=5
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    x = y = np.zeros(3)
    x[0] = 5
    y[1] = 6
    k = l = a * 2
    k[0] = 50
    z = w = a[1:3]
    z[0] = 7
    p = q = (a[0], a[1:])
    q[1][2] = 77
    u = a[2] = v = 9
    b = np.zeros((2, 7))
    b, h, width = b.T, b.shape[0], b.shape[1]
    t = (a, 0)
    t = (b, t[0].size)
    out = d = np.ones(a.size)
    for i in prange(a.size):
        d[i] = out[i] + a[i]
    return x, y, k, l, z, w, p[0], p[1], u, v, h, width, t[1], out, a


def setup(n):
    return (np.arange(n),)
