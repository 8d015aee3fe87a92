# parallax: error=TypingError
# parallax: says=array(float64, 1d, C)
# parallax: numba=accepts
# parallax: at=11:8
import numpy as np
from numba import njit, prange


@njit
def f(a):
    if a:
        return 1
    return 0


def setup(n):
    return np.arange(n, dtype=np.float64),
