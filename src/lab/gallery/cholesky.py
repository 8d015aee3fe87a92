"""Cholesky decomposition

The root of a symmetric matrix, column by column. Inner sums run along rows, which lie
together in memory. Can lanes add up what must be added in order?

Try: a size of 64. Does anything beat the scalar loop?
"""
# parallax: size=300 show=image
import math
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def cholesky(a):
    n = a.shape[0]
    root = np.zeros_like(a)
    for j in range(n):
        total = a[j, j]
        for k in range(j):
            total -= root[j, k] * root[j, k]
        root[j, j] = math.sqrt(total)
        for i in prange(j + 1, n):
            rest = a[i, j]
            for k in range(j):
                rest -= root[i, k] * root[j, k]
            root[i, j] = rest / root[j, j]
    return root


def setup(n):
    matrix = np.random.default_rng(14).random((n, n), dtype=np.float32)
    return matrix + matrix.T + np.float32(2 * n) * np.eye(n, dtype=np.float32)
