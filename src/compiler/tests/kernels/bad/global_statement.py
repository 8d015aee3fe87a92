# parallax: error=UnsupportedError
# parallax: says=global
# parallax: at=12:5
import numpy as np
from numba import njit

count = 0


@njit
def f(a):
    global count
    count = 1
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
