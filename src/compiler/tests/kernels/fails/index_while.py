# parallax: fails=IndexError
# parallax: at=10:11
import numpy as np
from numba import njit, prange


@njit
def f(a):
    i = 0
    while a[i] < 100:
        i += 1
    return i


def setup(n):
    return np.arange(n, dtype=np.float64),
