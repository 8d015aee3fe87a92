# parallax: error=SyntaxError
# parallax: says='(' was never closed
# parallax: at=10:19
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return np.sqrt(a[0]


def setup(n):
    return np.arange(n, dtype=np.float64),
