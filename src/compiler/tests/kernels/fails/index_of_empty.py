# parallax: fails=IndexError
# parallax: at=10:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    b = a[5:2]
    return b[0]


def setup(n):
    return np.arange(n, dtype=np.float64),
