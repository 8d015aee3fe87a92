import numpy as np
from numba import njit, prange

@njit(parallel=True)
def matmul(a, b):
    n = a.shape[0]
    c = np.zeros((n, n), np.float32)
    for i in prange(n):
        for k in range(n):
            for j in range(n):
                c[i, j] += a[i, k] * b[k, j]
    return c
