# parallax: size=40
import numpy as np
from numba import njit


@njit
def bubble_sort(x):
    a = x.copy()
    n = a.size
    for i in range(n):
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                t = a[j]
                a[j] = a[j + 1]
                a[j + 1] = t
    return a


def setup(n):
    return np.random.default_rng(8).integers(0, 1 << 30, n).astype(np.int32),
