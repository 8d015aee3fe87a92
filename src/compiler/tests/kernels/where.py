import numpy as np
from numba import njit


@njit
def where(x, y):
    a = np.where(x > y, x, y)
    b = np.where(x > 0, 1.0, -1.0)
    c = np.where(x > y, x, 0.0)
    return a, b, c


def setup(n):
    r = np.random.default_rng(51)
    return r.standard_normal(n), r.standard_normal(n)
