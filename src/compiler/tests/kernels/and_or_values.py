# `and` and `or` give one of their sides.
import numpy as np
from numba import njit


@njit
def pick(a, b):
    out = np.empty((a.size, 4), np.int64)
    for i in range(a.size):
        out[i, 0] = a[i] and b[i]
        out[i, 1] = a[i] or b[i]
        out[i, 2] = a[i] and b[i] or 7
        out[i, 3] = not a[i] or not b[i]
    return out


def setup(n):
    r = np.random.default_rng(39)
    return r.integers(0, 3, n), r.integers(0, 3, n)
