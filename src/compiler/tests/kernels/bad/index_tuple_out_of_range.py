# parallax: error=TypingError
# parallax: says=tuple index out of range
# parallax: at=11:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    t = (1, 2)
    return t[2]


def setup(n):
    return np.arange(n, dtype=np.float64),
