# parallax: error=TypingError
# parallax: says=range
# parallax: numba=accepts
# parallax: at=12:14
import numpy as np
from numba import njit, prange


@njit
def f(a):
    s = 0
    for i in range(a[0]):
        s += i
    return s


def setup(n):
    return np.arange(n, dtype=np.float64),
