# parallax: error=UnsupportedError
# parallax: says=complex
# parallax: numba=accepts
# parallax: at=11:19
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return a[0] + 2j


def setup(n):
    return np.arange(n, dtype=np.float64),
