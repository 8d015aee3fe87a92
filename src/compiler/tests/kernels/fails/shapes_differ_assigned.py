# parallax: fails=ValueError
# parallax: at=9:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    a[1:4] = a[:5]
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
