# parallax: error=TypingError
# parallax: says=getitem
# parallax: at=10:14
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return a[a[0]]


def setup(n):
    return np.arange(n, dtype=np.float64),
