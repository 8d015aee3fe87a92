# Of several the smallest iteration is told.
# parallax: fails=IndexError
# parallax: at=17:18
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    out = np.zeros(a.size)
    for i in prange(a.size):
        k = 3 * i
        if i < 3:
            k = 0
        elif i == 9:
            k = 20
        out[i] = a[k]
    return out


def setup(n):
    return np.arange(n, dtype=np.float64),
