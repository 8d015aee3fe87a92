import numpy as np
from numba import njit


@njit
def parts(t):
    return t[0] + t[-1], len(t)


@njit
def tuples(a, pair):
    t = (a[0], a[1], 2.5)
    u = (a, 3)
    s, n = parts((1, 2, 3))
    x, (y, z) = pair[0], (pair[1], t[2])
    w = t[:2] + (7,)
    return s, n, x + y, z, u[0][u[1]], w[2], w


def setup(n):
    return np.arange(n), (4, 1.5)
