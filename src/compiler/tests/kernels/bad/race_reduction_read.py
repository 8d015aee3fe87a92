# parallax: error=RaceError
# parallax: says=s
# parallax: numba=accepts
# parallax: at=14:9
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    out = np.zeros_like(a)
    s = 0.0
    for i in prange(a.size):
        s += a[i]
        out[i] = s
    return out


def setup(n):
    return np.arange(n, dtype=np.float64),
