# parallax: error=SyntaxError
# parallax: says=expected ':'
# parallax: at=9:9
import numpy as np
from numba import njit, prange


@njit
def f(a)
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
