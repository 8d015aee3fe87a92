# parallax: fails=IndexError
# parallax: at=11:18
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    out = np.zeros_like(a)
    for i in prange(a.size):
        out[i] = a[i + 1]
    return out


def setup(n):
    return np.arange(n, dtype=np.float64),
