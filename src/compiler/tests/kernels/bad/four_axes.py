# parallax: error=UnsupportedError
# parallax: says=axes
# parallax: numba=accepts
# parallax: at=11:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    t = np.zeros((2, 2, 2, 2))
    return t[0, 0, 0, 0]


def setup(n):
    return np.arange(n, dtype=np.float64),
