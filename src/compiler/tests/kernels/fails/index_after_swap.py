# parallax: fails=IndexError
# parallax: at=11:20
import numpy as np
from numba import njit, prange


@njit
def f(a):
    b = np.zeros(4)
    a, b = b, a
    return b[10] + a[10]


def setup(n):
    return np.arange(n, dtype=np.float64),
