# parallax: fails=IndexError
# parallax: at=13:18
import numpy as np
from numba import njit, prange


@njit
def f(a):
    m = a.reshape(2, 8)
    s = 0.0
    for i in range(2):
        for j in range(9):
            s += m[i, j]
    return s


def setup(n):
    return np.arange(n, dtype=np.float64),
