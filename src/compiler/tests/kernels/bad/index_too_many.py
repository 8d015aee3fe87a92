# parallax: error=TypingError
# parallax: says=getitem
# parallax: at=10:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return a[0, 1]


def setup(n):
    return np.arange(n, dtype=np.float64),
