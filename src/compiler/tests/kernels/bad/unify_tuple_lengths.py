# parallax: error=TypingError
# parallax: says=Cannot unify
# parallax: at=12:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    t = (1, 2)
    for i in range(3):
        t = t + (i,)
    return t


def setup(n):
    return np.arange(n, dtype=np.float64),
