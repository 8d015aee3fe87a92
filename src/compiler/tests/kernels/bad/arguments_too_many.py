# parallax: error=TypingError
# parallax: says=too many positional arguments
# parallax: at=15:12
import numpy as np
from numba import njit, prange


@njit
def g(x, y):
    return x + y


@njit
def f(a):
    return g(a[0], 1, 2)


def setup(n):
    return np.arange(n, dtype=np.float64),
