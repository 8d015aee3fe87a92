# parallax: error=TypingError
# parallax: says=No implementation of function
# parallax: at=10:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return a + (1, 2)


def setup(n):
    return np.arange(n, dtype=np.float64),
