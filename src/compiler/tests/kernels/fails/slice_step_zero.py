# parallax: fails=ValueError
# parallax: at=10:14
import numpy as np
from numba import njit, prange


@njit
def f(a):
    k = a.size - 16
    return a[::k]


def setup(n):
    return np.arange(n, dtype=np.float64),
