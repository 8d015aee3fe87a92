import numpy as np
from numba import njit


@njit
def transpose(m):
    t = m.T
    out = np.empty(t.shape, m.dtype)
    for i in range(t.shape[0]):
        for j in range(t.shape[1]):
            out[i, j] = t[i, j]
    t[0, 1] = -1
    return out, m, np.transpose(m).copy()


def setup(n):
    return np.arange(12).reshape(3, 4),
