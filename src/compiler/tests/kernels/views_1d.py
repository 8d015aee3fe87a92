import numpy as np
from numba import njit


@njit
def views(a):
    b = a[2:8]
    b[0] = 100
    c = a[::-1]
    c[0] = -1
    d = a[1::3]
    d[:] = 7
    e = a[-3:]
    f = a[:-3]
    g = a[5:2]
    h = a[8:2:-2]
    k = b[1:4][::-1]
    return a, c.copy(), e.sum(), f.sum(), g.size, h.copy(), k[0], a[3:100].size, a[-100:2].size


def setup(n):
    return np.arange(n),
