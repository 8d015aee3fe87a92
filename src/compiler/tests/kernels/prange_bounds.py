# parallax: size=20
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def bounds(n):
    a = np.zeros(n, np.int64)
    for i in prange(3, n - 2):
        a[i] = i
    for i in prange(5, 5):
        a[i] = 99
    for i in prange(n, 0):
        a[0] = 99
    for i in prange(-3, 0):
        a[-i - 1] = i
    return a


def setup(n):
    return n,
