# parallax: fails=IndexError
# parallax: at=10:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    i = -2**40
    a[i] = 1
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
