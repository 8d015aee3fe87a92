# parallax: error=UnsupportedError
# parallax: says=Python's 'sorted' is not compiled
# parallax: numba=accepts
# parallax: at=11:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return sorted(a)[0]


def setup(n):
    return np.arange(n, dtype=np.float64),
