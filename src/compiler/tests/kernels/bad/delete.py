# parallax: error=UnsupportedError
# parallax: says=del
# parallax: at=11:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    b = a
    del b
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
