# parallax: error=RaceError
# parallax: says=out
# parallax: numba=accepts
# parallax: at=13:9
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    out = np.zeros(4)
    for i in prange(a.size):
        out[i % 4] += a[i]
    return out


def setup(n):
    return np.arange(n, dtype=np.float64),
