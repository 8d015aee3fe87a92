# parallax: error=TypingError
# parallax: says=error_model is 'python' or 'numpy'
# parallax: at=8:19
import numpy as np
from numba import njit, prange


@njit(error_model='fast')
def f(a):
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
