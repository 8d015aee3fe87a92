# parallax: fails=IndexError
# parallax: at=9:12
import numpy as np
from numba import njit, prange


@njit
def third(a):
    return a[3]


@njit
def f(a):
    return third(a) + third(a[:3])


def setup(n):
    return np.arange(n, dtype=np.float64),
