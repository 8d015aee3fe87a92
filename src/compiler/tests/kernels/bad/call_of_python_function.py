# parallax: error=TypingError
# parallax: says=Untyped global name 'g'
# parallax: at=14:12
import numpy as np
from numba import njit, prange


def g(x):
    return x + 1


@njit
def f(a):
    return g(a[0])


def setup(n):
    return np.arange(n, dtype=np.float64),
