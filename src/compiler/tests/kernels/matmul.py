# parallax: size=12
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def matmul(a, b):
    c = np.zeros((a.shape[0], b.shape[1]), np.float32)
    for i in prange(a.shape[0]):
        for j in range(b.shape[1]):
            s = np.float32(0)
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            c[i, j] = s
    return c


def setup(n):
    r = np.random.default_rng(3)
    return r.standard_normal((n, n)).astype(np.float32), r.standard_normal((n, n + 3)).astype(np.float32)
