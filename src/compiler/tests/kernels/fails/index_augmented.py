# parallax: fails=IndexError
# parallax: at=11:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    i = a.size
    while i >= 0:
        a[i] += 1
        i -= 1
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
