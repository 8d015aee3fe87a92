# parallax: fails=IndexError
# parallax: at=9:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return a[-a.size - 1]


def setup(n):
    return np.arange(n, dtype=np.float64),
