# parallax: size=20
import numpy as np
from numba import njit, prange

BLOCK = 8


@njit(parallel=True)
def matmul_blocked(a, b, c):
    n = a.shape[0]
    for ib in prange((n + BLOCK - 1) // BLOCK):
        for kb in range(0, n, BLOCK):
            for i in range(ib * BLOCK, min(n, (ib + 1) * BLOCK)):
                for k in range(kb, min(n, kb + BLOCK)):
                    x = a[i, k]
                    for j in range(n):
                        c[i, j] += x * b[k, j]


def setup(n):
    r = np.random.default_rng(3)
    return r.random((n, n)), r.random((n, n)), np.zeros((n, n))
