# parallax: tolerance=1e-14
import numpy as np
from numba import njit


@njit
def reduce(m, k):
    return m.sum(axis=0), m.sum(1), k.sum(0), np.sum(k, axis=1)


def setup(n):
    r = np.random.default_rng(58)
    return r.random((4, 6)), r.integers(0, 50, (3, 5))
