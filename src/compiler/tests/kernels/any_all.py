import numpy as np
from numba import njit


@njit
def truths(a, x):
    return a.any(), a.all(), np.any(x > 0.9), np.all(x < 2), (x < 0).any(), np.all(a | ~a), a.sum()


def setup(n):
    r = np.random.default_rng(59)
    return r.random(n) < 0.5, r.random((n, 3))
