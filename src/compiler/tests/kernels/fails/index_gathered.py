# parallax: fails=IndexError
# parallax: at=11:18
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a, index):
    out = np.zeros(index.size)
    for i in prange(index.size):
        out[i] = a[index[i]]
    return out


def setup(n):
    index = np.arange(n)
    index[n - 2] = n
    return np.zeros(n), index
