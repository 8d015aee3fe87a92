# parallax: error=TypingError
# parallax: says=setitem
# parallax: at=10:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    a[0] = a
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
