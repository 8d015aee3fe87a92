import numpy as np
from numba import njit


@njit
def cut(x):
    out = np.empty((x.size, 5), np.int64)
    for i in range(x.size):
        out[i, 0] = x[i]
        out[i, 1] = int(x[i])
        out[i, 2] = np.int32(x[i])
        out[i, 3] = np.int8(x[i])
        out[i, 4] = round(x[i])
    return out


def setup(n):
    return np.linspace(-4, 4, 33),
