# parallax: fails=IndexError
# parallax: at=14:23
import numpy as np
from numba import njit, prange


@njit
def f(a):
    out = np.zeros_like(a)
    for i in range(a.size):
        if i > 0:
            out[i] = a[i - 1]
        if a[i] > 10:
            out[i] += a[i + 5]
    return out


def setup(n):
    return np.arange(n, dtype=np.float64),
