# parallax: error=UnsupportedError
# parallax: says=recursi
# parallax: numba=accepts
# parallax: at=13:16
import numpy as np
from numba import njit, prange


@njit
def fact(n):
    if n < 2:
        return 1
    return n * fact(n - 1)


@njit
def f(a):
    return fact(a.size)


def setup(n):
    return np.arange(n, dtype=np.float64),
