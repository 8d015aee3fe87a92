# parallax: fails=IndexError
# parallax: at=11:14
import numpy as np
from numba import njit, prange


@njit
def f(a):
    s = 0.0
    for i in range(a.size + 1):
        s += a[i]
    return s


def setup(n):
    return np.arange(n, dtype=np.float64),
