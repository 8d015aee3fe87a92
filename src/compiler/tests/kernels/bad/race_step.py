# Numba takes steps of 1 alone.
# parallax: error=UnsupportedError
# parallax: says=prange
# parallax: at=11:14
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    for i in prange(0, a.size, 2):
        a[i] = 0
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
