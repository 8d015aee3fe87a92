# Numba takes lists; we do not.
# parallax: error=UnsupportedError
# parallax: says=list
# parallax: numba=accepts
# parallax: at=12:11
import numpy as np
from numba import njit, prange


@njit
def f(a):
    out = []
    for i in range(a.size):
        out.append(a[i])
    return len(out)


def setup(n):
    return np.arange(n, dtype=np.float64),
