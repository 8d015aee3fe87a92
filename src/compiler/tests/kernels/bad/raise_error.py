# parallax: error=UnsupportedError
# parallax: says=raise
# parallax: numba=accepts
# parallax: at=12:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    if a[0] > 100:
        raise ValueError('too much')
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
