# Two statements for one sum, one after the other: Numba refuses it.
# parallax: error=RaceError
# parallax: says=s
# parallax: at=14:9
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    s = 0.0
    for i in prange(a.size):
        s += a[i]
        s += 1
    return s


def setup(n):
    return np.arange(n, dtype=np.float64),
