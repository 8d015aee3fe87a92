"""LU decomposition

Gaussian elimination: each round uses the row that the round before has finished, and
there is less to do every time. Which of the three loops is parallel?

Try: a size of 64. What does it cost to call the threads n times?
"""
# parallax: size=300 show=image
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def lu(matrix):
    a = matrix.copy()
    n = a.shape[0]
    for k in range(n - 1):
        for i in prange(k + 1, n):
            factor = a[i, k] / a[k, k]
            a[i, k] = factor
            for j in range(k + 1, n):
                a[i, j] -= factor * a[k, j]
    return a


def setup(n):
    matrix = np.random.default_rng(12).random((n, n), dtype=np.float32)
    return matrix + np.float32(n) * np.eye(n, dtype=np.float32)
