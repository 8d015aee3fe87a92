# parallax: fails=ZeroDivisionError
# parallax: at=11:18
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    out = np.zeros(a.size, np.int64)
    for i in prange(a.size):
        out[i] = 20 // (i - 11)
    return out


def setup(n):
    return np.arange(n, dtype=np.float64),
