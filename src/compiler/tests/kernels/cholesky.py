# parallax: size=8
import math
import numpy as np
from numba import njit


@njit
def cholesky(a):
    n = a.shape[0]
    l = np.zeros_like(a)
    for j in range(n):
        s = a[j, j]
        for k in range(j):
            s -= l[j, k] ** 2
        l[j, j] = math.sqrt(s)
        for i in range(j + 1, n):
            s = a[i, j]
            for k in range(j):
                s -= l[i, k] * l[j, k]
            l[i, j] = s / l[j, j]
    return l


def setup(n):
    r = np.random.default_rng(24).random((n, n))
    a = (r + r.T) * 0.5
    for i in range(n):
        a[i, i] += n
    return a,
