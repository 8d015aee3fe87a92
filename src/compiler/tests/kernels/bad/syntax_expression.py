# parallax: error=SyntaxError
# parallax: says=expected an expression
# parallax: at=10:18
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return a[0] + 


def setup(n):
    return np.arange(n, dtype=np.float64),
