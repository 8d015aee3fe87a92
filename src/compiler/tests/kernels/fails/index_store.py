# parallax: fails=IndexError
# parallax: at=11:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    out = np.zeros(3)
    for i in range(a.size):
        out[i] = a[i]
    return out


def setup(n):
    return np.arange(n, dtype=np.float64),
