# parallax: size=20
import numpy as np
from numba import njit


@njit(parallel=True)
def expressions(a, b, k):
    c = a * 2 + b / (k + 1)
    d = -(a - b) ** 2
    e = np.sqrt(np.abs(c)) * np.maximum(a, 0.25)
    f = (a < b) | (c > 1)
    return c, d, e, f


def setup(n):
    r = np.random.default_rng(52)
    return r.random(n), r.random(n), 3
