# parallax: fails=IndexError
# parallax: at=11:13
import numpy as np
from numba import njit, prange


@njit
def f(a):
    m = a.reshape(4, 4)
    k = 4
    row = m[k]
    return row.sum()


def setup(n):
    return np.arange(n, dtype=np.float64),
