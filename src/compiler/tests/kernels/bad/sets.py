# parallax: error=UnsupportedError
# parallax: says=set
# parallax: numba=accepts
# parallax: at=11:9
import numpy as np
from numba import njit, prange


@njit
def f(a):
    d = {1, 2}
    return len(d)


def setup(n):
    return np.arange(n, dtype=np.float64),
