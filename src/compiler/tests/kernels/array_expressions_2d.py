# parallax: size=5
import numpy as np
from numba import njit


@njit
def broadcast(m, row, t):
    a = m + row
    b = m * row[0] - m.T
    c = m[1:] - m[:-1]
    d = t * 2 + m
    e = m / t[0]
    return a, b, c, d, e


def setup(n):
    r = np.random.default_rng(53)
    return r.random((n, n)), r.random(n), r.random((3, n, n))
