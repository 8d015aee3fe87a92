# parallax: fails=ValueError
# parallax: at=9:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return np.zeros(3 - a.size)


def setup(n):
    return np.arange(n, dtype=np.float64),
