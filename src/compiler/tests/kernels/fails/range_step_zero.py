# parallax: fails=ValueError
# parallax: at=10:14
import numpy as np
from numba import njit, prange


@njit
def f(a):
    s = 0
    for i in range(0, 5, a.size - 16):
        s += i
    return s


def setup(n):
    return np.arange(n, dtype=np.float64),
