# parallax: fails=IndexError
# parallax: at=12:13
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    out = np.zeros_like(a)
    for i in prange(a.size):
        if i == 7:
            out[i * 3] = 1
    return out


def setup(n):
    return np.arange(n, dtype=np.float64),
