# parallax: error=UnsupportedError
# parallax: says=with
# parallax: at=10:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    with open('x') as g:
        return a


def setup(n):
    return np.arange(n, dtype=np.float64),
