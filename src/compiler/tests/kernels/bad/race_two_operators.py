# parallax: error=RaceError
# parallax: says=s
# parallax: at=13:9
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    s = 1.0
    for i in prange(a.size):
        s += a[i]
        s *= 2
    return s


def setup(n):
    return np.arange(n, dtype=np.float64),
