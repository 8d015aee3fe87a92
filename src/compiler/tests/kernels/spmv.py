# parallax: size=20
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def spmv(start, column, value, x):
    out = np.zeros(start.size - 1)
    for i in prange(start.size - 1):
        for k in range(start[i], start[i + 1]):
            out[i] += value[k] * x[column[k]]
    return out


def setup(n):
    r = np.random.default_rng(29)
    return np.arange(n + 1) * 3, r.integers(0, n, 3 * n).astype(np.int32), r.random(3 * n), r.random(n)
