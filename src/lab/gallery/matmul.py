"""Matrix product

Three loops, as in the textbook. In which order should they stand, so that lanes read
neighbours in memory?

Try: swap the loops over `j` and `k`. The product is the same: what of the times?
"""
# parallax: size=256 show=image
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def matmul(a, b):
    n = a.shape[0]
    c = np.zeros_like(a)
    for i in prange(n):
        for k in range(n):
            for j in range(n):
                c[i, j] += a[i, k] * b[k, j]
    return c


def setup(n):
    rng = np.random.default_rng(11)
    a = rng.random((n, n), dtype=np.float32)
    b = rng.random((n, n), dtype=np.float32)
    return a, b
