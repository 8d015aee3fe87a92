# parallax: error=UnsupportedError
# parallax: says=try
# parallax: numba=accepts
# parallax: at=11:5
import numpy as np
from numba import njit, prange


@njit
def f(a):
    try:
        return a[0]
    except Exception:
        return 0.0


def setup(n):
    return np.arange(n, dtype=np.float64),
