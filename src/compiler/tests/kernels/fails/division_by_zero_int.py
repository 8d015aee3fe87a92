# parallax: fails=ZeroDivisionError
# parallax: at=11:14
import numpy as np
from numba import njit, prange


@njit
def f(a):
    s = 0
    for i in range(5):
        s += 100 // (3 - i)
    return s


def setup(n):
    return np.arange(n, dtype=np.float64),
