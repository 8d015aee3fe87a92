# parallax: error=TypingError
# parallax: says=got an unexpected keyword argument 'z'
# parallax: at=15:20
import numpy as np
from numba import njit, prange


@njit
def g(x, y=1):
    return x + y


@njit
def f(a):
    return g(a[0], z=2)


def setup(n):
    return np.arange(n, dtype=np.float64),
