import numpy as np
from numba import njit


@njit
def create(n, m):
    a = np.zeros(n)
    b = np.ones((n, 2), np.int32)
    c = np.full(3, 7)
    d = np.full((2, 2), 0.5, np.float32)
    e = np.empty((2, 3, 4), dtype=np.int8)
    e[:] = 1
    f = np.zeros_like(m)
    g = np.ones_like(m)
    h = np.full_like(m, 9)
    i = np.empty_like(m)
    i[:, :] = m
    j = np.zeros((n, n), dtype=np.bool_)
    k = np.zeros(n, dtype=np.uint16)
    return a, b, c, d, e, f, g, h, i, j, k


def setup(n):
    return 3, np.arange(6, dtype=np.int16).reshape(2, 3)
