# parallax: error=UnsupportedError
# parallax: says=random numbers
# parallax: numba=accepts
# parallax: at=11:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return np.random.random()


def setup(n):
    return np.arange(n, dtype=np.float64),
