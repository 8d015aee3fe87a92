# parallax: fails=AssertionError
# parallax: at=10:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    for i in range(a.size):
        assert a[i] < 5
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
