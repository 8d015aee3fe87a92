"""Blocked matrix product

Four terms of each sum at once, so that the result is fetched and stored a quarter as
often. Which back end needs that done by hand, and which has it from the compiler?

Try: blocks of two, without `a2` and `a3`. Who loses, and how much?
"""
# parallax: size=256 show=image
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def matmul(a, b):
    n = a.shape[0]
    c = np.zeros_like(a)
    for i in prange(n):
        for k in range(0, n, 4):
            a0, a1, a2, a3 = a[i, k], a[i, k + 1], a[i, k + 2], a[i, k + 3]
            for j in range(n):
                half = c[i, j] + a0 * b[k, j] + a1 * b[k + 1, j]
                c[i, j] = half + a2 * b[k + 2, j] + a3 * b[k + 3, j]
    return c


def setup(n):
    n -= n % 4
    rng = np.random.default_rng(11)
    a = rng.random((n, n), dtype=np.float32)
    b = rng.random((n, n), dtype=np.float32)
    return a, b
