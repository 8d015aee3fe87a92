# parallax: error=TypingError
# parallax: says=expected 2
# parallax: at=10:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    x, y = (1, 2, 3)
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
