# parallax: fails=AssertionError
# parallax: at=9:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    assert a.size > 100, 'too short'
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
