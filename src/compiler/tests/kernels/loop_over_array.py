# parallax: size=12
import numpy as np
from numba import njit


@njit
def total(x, m):
    s = 0.0
    for v in x:
        s += v
    for row in m:
        s += row[0] * row[-1]
    for i, v in enumerate(x):
        s += i * v
    for a, b in zip(x, m[0]):
        s += a * b
    return s


def setup(n):
    r = np.random.default_rng(44)
    return r.random(n), r.random((n, 3))
