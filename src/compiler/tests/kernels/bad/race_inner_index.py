# parallax: error=RaceError
# parallax: says=m
# parallax: numba=accepts
# parallax: at=14:13
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    m = np.zeros((4, 4))
    for i in prange(4):
        for j in range(4):
            m[j, 0] += a[i]
    return m


def setup(n):
    return np.arange(n, dtype=np.float64),
