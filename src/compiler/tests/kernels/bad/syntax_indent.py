# parallax: error=SyntaxError
# parallax: says=expected an indented block
# parallax: at=11:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    for i in range(3):
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
