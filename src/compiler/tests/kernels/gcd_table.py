# parallax: size=16
import numpy as np
from numba import njit, prange


@njit
def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


@njit(parallel=True)
def table(n):
    out = np.empty((n, n), np.int64)
    for i in prange(n):
        for j in range(n):
            out[i, j] = gcd(i, j)
    return out


def setup(n):
    return n,
