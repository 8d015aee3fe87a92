# `min` keeps the first unless the next is less; NumPy's functions keep a NaN.
import numpy as np
from numba import njit


@njit
def least(x, y):
    out = np.empty((x.size, y.size, 6))
    for i in range(x.size):
        for j in range(y.size):
            a, b = x[i], y[j]
            out[i, j, 0] = b if b < a else a
            out[i, j, 1] = b if b > a else a
            out[i, j, 2] = np.minimum(a, b)
            out[i, j, 3] = np.maximum(a, b)
            out[i, j, 4] = np.fmin(a, b)
            out[i, j, 5] = np.fmax(a, b)
    return out


def setup(n):
    x = np.zeros(4)
    x[1] = np.nan
    x[2] = 1.0
    x[3] = -np.inf
    return x, x.copy()
