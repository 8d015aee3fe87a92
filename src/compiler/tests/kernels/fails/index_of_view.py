# parallax: fails=IndexError
# parallax: at=10:19
import numpy as np
from numba import njit, prange


@njit
def f(a):
    b = a[2:6]
    return b[3] + b[4]


def setup(n):
    return np.arange(n, dtype=np.float64),
