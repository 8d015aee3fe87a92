"""Blocked matrix product

The same product, but a block of `b` is used for many rows while it is still in the
cache. From which size on does that pay?

Try: `BLOCK` of 8, and of 512. Which is best, and what do threads do with one block?
"""
# parallax: size=256 show=image tolerance=1e-4
import numpy as np
from numba import njit, prange

BLOCK = 32


@njit(parallel=True)
def matmul(a, b):
    n = a.shape[0]
    c = np.zeros_like(a)
    for block in prange((n + BLOCK - 1) // BLOCK):
        for first in range(0, n, BLOCK):
            for i in range(block * BLOCK, min(n, (block + 1) * BLOCK)):
                for k in range(first, min(n, first + BLOCK)):
                    for j in range(n):
                        c[i, j] += a[i, k] * b[k, j]
    return c


def setup(n):
    rng = np.random.default_rng(11)
    a = rng.random((n, n), dtype=np.float32)
    b = rng.random((n, n), dtype=np.float32)
    return a, b
