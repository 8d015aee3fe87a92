# parallax: size=10
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def lu(a):
    n = a.shape[0]
    for k in range(n - 1):
        for i in prange(k + 1, n):
            a[i, k] = a[i, k] / a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]


def setup(n):
    a = np.random.default_rng(15).random((n, n))
    for i in range(n):
        a[i, i] += 3.0
    return a,
