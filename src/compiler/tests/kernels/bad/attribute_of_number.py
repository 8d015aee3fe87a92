# parallax: error=TypingError
# parallax: says=Unknown attribute 'size' of type int64
# parallax: at=11:14
import numpy as np
from numba import njit, prange


@njit
def f(a):
    n = a.size
    return n.size


def setup(n):
    return np.arange(n, dtype=np.float64),
