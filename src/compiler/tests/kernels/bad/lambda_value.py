# parallax: error=UnsupportedError
# parallax: says=lambda
# parallax: numba=accepts
# parallax: at=11:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    g = lambda x: x + 1
    return g(a[0])


def setup(n):
    return np.arange(n, dtype=np.float64),
