import numpy as np
from numba import njit, prange


@njit(parallel=True)
def nothing(a, m):
    s = 3
    for i in prange(a.size):
        s += a[i]
    b = a * 2
    return s, a.sum(), m.sum(), b, m[:, 1:], m.shape, a.prod()


def setup(n):
    return np.zeros(0, np.int64), np.zeros((0, 3))
