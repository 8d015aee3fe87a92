import numpy as np
from numba import njit


@njit
def shapes(a):
    b = a.reshape(3, 4)
    c = b.reshape((2, 2, 3))
    d = c.ravel()
    e = b.reshape(-1)
    c[1, 1, 2] = 99
    f = b.T.copy()
    g = a.reshape(6, -1)
    return b, c, d, e, f, g, b.flatten(), a


def setup(n):
    return np.arange(12),
