# Only the outer one runs in parallel.
# parallax: size=8
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def nested(n):
    a = np.empty((n, n, 3), np.int32)
    for i in prange(n):
        for j in prange(n):
            for k in range(3):
                a[i, j, k] = i * 100 + j * 10 + k
    return a


def setup(n):
    return n,
