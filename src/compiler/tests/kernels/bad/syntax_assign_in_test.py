# parallax: error=SyntaxError
# parallax: says='='
# parallax: at=10:13
import numpy as np
from numba import njit, prange


@njit
def f(a):
    if a[0] = 1:
        return a
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
