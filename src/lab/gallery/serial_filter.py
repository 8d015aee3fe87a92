"""A serial filter

Each output needs the one before it: y[i] = a y[i - 1] + b x[i]. There is one chain and
nothing beside it. Which back end can help?

Try: `@njit(parallel=True)`, and `prange` for `range`. What does the compiler say?
"""
# parallax: size=500000 show=line
import numpy as np
from numba import njit


@njit
def low_pass(x, a):
    y = np.empty_like(x)
    b = np.float32(1) - a
    level = np.float32(0)
    for i in range(x.size):
        level = a * level + b * x[i]
        y[i] = level
    return y


def setup(n):
    x = np.random.default_rng(23).random(n, dtype=np.float32)
    return x, np.float32(0.99)
