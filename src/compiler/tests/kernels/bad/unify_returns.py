# parallax: error=TypingError
# parallax: says=Can't unify return type
# parallax: at=12:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    if a.size > 3:
        return a
    return 1


def setup(n):
    return np.arange(n, dtype=np.float64),
