# parallax: fails=IndexError
# parallax: at=11:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    m = a.reshape(4, 4)
    i = 4
    return m[i, 0]


def setup(n):
    return np.arange(n, dtype=np.float64),
