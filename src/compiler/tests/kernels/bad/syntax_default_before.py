# parallax: error=SyntaxError
# parallax: says=default argument
# parallax: at=9:12
import numpy as np
from numba import njit, prange


@njit
def f(a=1, b):
    return a + b


def setup(n):
    return np.arange(n, dtype=np.float64),
