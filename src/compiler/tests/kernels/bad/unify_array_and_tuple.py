# parallax: error=TypingError
# parallax: says=Cannot unify
# parallax: at=13:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    if a.size > 3:
        x = a
    else:
        x = (1, 2)
    return x[0]


def setup(n):
    return np.arange(n, dtype=np.float64),
