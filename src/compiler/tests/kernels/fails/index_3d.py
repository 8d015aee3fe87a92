# parallax: fails=IndexError
# parallax: at=11:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    t = a.reshape(2, 2, 4)
    t[1, 0, 3] = 1
    t[1, -3, 0] = 2
    return t


def setup(n):
    return np.arange(n, dtype=np.float64),
