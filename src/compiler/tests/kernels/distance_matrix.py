# parallax: size=12
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def distances(x):
    n, d = x.shape
    out = np.empty((n, n), x.dtype)
    for i in prange(n):
        for j in range(n):
            s = 0.0
            for k in range(d):
                t = x[i, k] - x[j, k]
                s += t * t
            out[i, j] = np.sqrt(s)
    return out


def setup(n):
    return np.random.default_rng(20).random((n, 3)),
