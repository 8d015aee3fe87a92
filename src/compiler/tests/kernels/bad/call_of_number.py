# parallax: error=TypingError
# parallax: says=Invalid use of int64
# parallax: at=11:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    n = a.size
    return n(3)


def setup(n):
    return np.arange(n, dtype=np.float64),
