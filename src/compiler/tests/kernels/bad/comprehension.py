# parallax: error=UnsupportedError
# parallax: says=comprehension
# parallax: numba=accepts
# parallax: at=11:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    x = [i * 2 for i in range(3)]
    return x[0]


def setup(n):
    return np.arange(n, dtype=np.float64),
