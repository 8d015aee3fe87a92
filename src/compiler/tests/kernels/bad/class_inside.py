# parallax: error=UnsupportedError
# parallax: says=class
# parallax: at=10:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    class A:
        pass
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
