# parallax: error=UnsupportedError
# parallax: says=*
# parallax: numba=accepts
# parallax: at=10:8
import numpy as np
from numba import njit, prange


@njit
def g(*all):
    return all[0]


@njit
def f(a):
    return g(1, 2)


def setup(n):
    return np.arange(n, dtype=np.float64),
