# parallax: error=TypingError
# parallax: says=tuple
# parallax: at=12:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    t = (1, 2.5)
    k = a.size - 16
    return t[k]


def setup(n):
    return np.arange(n, dtype=np.float64),
