# parallax: error=NameError
# parallax: says='s'
# parallax: at=11:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    for i in range(a.size):
        s += a[i]
    return s


def setup(n):
    return np.arange(n, dtype=np.float64),
