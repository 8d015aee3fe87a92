import numpy as np
from numba import njit


@njit
def convert(a, m):
    b = a.copy()
    b[0] = 99
    c = a.astype(np.float32)
    d = (a * 1.7).astype(np.int32)
    e = m.astype(np.int64)
    f = m.astype(np.uint8)
    g = a.astype(np.bool_)
    return a, b, c, d, e, f, g


def setup(n):
    return np.arange(n), np.linspace(0, 200, 12).reshape(3, 4)
