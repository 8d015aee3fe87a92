# parallax: error=RaceError
# parallax: says=a
# parallax: numba=accepts
# parallax: at=12:9
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    for i in prange(1, a.size):
        a[i] = a[i - 1] * 2
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
