# Numba takes it, and gives what it likes.
# parallax: error=RaceError
# parallax: says=a
# parallax: numba=accepts
# parallax: at=13:9
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    for i in prange(a.size):
        a[0] += i


def setup(n):
    return np.arange(n, dtype=np.float64),
