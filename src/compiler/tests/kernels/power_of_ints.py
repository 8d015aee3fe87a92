import numpy as np
from numba import njit


@njit
def powers(a):
    out = np.empty((a.size, 4), np.int64)
    for i in range(a.size):
        out[i, 0] = a[i] ** 2
        out[i, 1] = a[i] ** 5
        out[i, 2] = a[i] ** i
        out[i, 3] = pow(3, i)
    return out


def setup(n):
    return np.arange(-6, 7),
