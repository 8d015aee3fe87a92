# parallax: size=64
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def scan(x):
    a = x.copy()
    b = np.empty_like(a)
    step = 1
    while step < a.size:
        for i in prange(a.size):
            if i >= step:
                b[i] = a[i] + a[i - step]
            else:
                b[i] = a[i]
        a, b = b, a
        step *= 2
    return a


def setup(n):
    return np.arange(n) ** 2,
