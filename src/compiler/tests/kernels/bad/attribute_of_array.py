# parallax: error=TypingError
# parallax: says=Unknown attribute 'length' of type array(float64, 1d, C)
# parallax: at=10:14
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return a.length


def setup(n):
    return np.arange(n, dtype=np.float64),
