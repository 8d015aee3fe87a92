# parallax: error=SyntaxError
# parallax: says='break' outside loop
# parallax: at=11:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    if a[0] > 1:
        break
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
