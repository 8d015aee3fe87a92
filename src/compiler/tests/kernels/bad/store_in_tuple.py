# parallax: error=TypingError
# parallax: says=tuples cannot be changed
# parallax: at=11:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    t = (1, 2)
    t[0] = 3
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
