# parallax: size=60
import numpy as np
from numba import njit, prange


@njit
def find(a, x):
    low = 0
    high = a.size
    while low < high:
        mid = (low + high) // 2
        if a[mid] < x:
            low = mid + 1
        else:
            high = mid
    return low


@njit(parallel=True)
def search(a, wanted):
    out = np.empty(wanted.size, np.int64)
    for i in prange(wanted.size):
        out[i] = find(a, wanted[i])
    return out


def setup(n):
    return np.arange(n) * 3, np.random.default_rng(27).integers(-10, 3 * n + 10, n)
