import numpy as np
from numba import njit, prange


@njit(parallel=True)
def matmul(a, b):
    """The product of two square matrices, row by row of the second."""
    n = a.shape[0]
    c = np.zeros((n, n), np.float32)
    for i in prange(n):
        for k in range(n):
            for j in range(n):
                c[i, j] += a[i, k] * b[k, j]
    return c


def setup(n):
    rng = np.random.default_rng(1)
    a = rng.random((n, n)).astype(np.float32)
    b = rng.random((n, n)).astype(np.float32)
    return a, b
