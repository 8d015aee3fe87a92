# parallax: error=UnsupportedError
# parallax: says=yield
# parallax: numba=accepts
# parallax: at=12:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    for i in range(a.size):
        yield a[i]


def setup(n):
    return np.arange(n, dtype=np.float64),
