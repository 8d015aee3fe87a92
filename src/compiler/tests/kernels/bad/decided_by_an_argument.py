# parallax: error=TypingError
# parallax: says=cannot be indexed with 2 indices
# parallax: at=13:16
import numpy as np
from numba import njit

MODE = 2


@njit
def g(a, mode):
    if mode == 1:
        return a[0, 0]
    return a[0]


@njit
def f(a, n):
    return g(a, 2)


def setup(n):
    return np.arange(1.0), n
