# parallax: error=TypingError
# parallax: says=Cannot unify array(float64, 2d, C) and array(float64, 1d, C)
# parallax: at=13:9
import numpy as np
from numba import njit

MODE = 2


@njit
def g(a, out=None):
    if out is None:
        out = np.zeros(3)
    return out.size


@njit
def f(a, n):
    return g(a, np.zeros((2, n)))


def setup(n):
    return np.arange(1.0), n
