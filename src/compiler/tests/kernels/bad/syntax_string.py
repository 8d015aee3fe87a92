# parallax: error=SyntaxError
# parallax: says=unterminated string literal
# parallax: at=10:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    x = 'abc
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
