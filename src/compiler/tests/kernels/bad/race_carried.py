# A variable that an iteration takes over from the one before.
# parallax: error=RaceError
# parallax: says=best
# parallax: numba=accepts
# parallax: at=15:13
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    best = 0.0
    for i in prange(a.size):
        if a[i] > best:
            best = a[i]
    return best


def setup(n):
    return np.arange(n, dtype=np.float64),
