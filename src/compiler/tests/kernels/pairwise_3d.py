# parallax: size=5
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def outer(a, b, c):
    out = np.empty((a.size, b.size, c.size), np.float32)
    for i in prange(a.size):
        for j in range(b.size):
            ab = a[i] * b[j]
            for k in range(c.size):
                out[i, j, k] = ab - c[k]
    return out


def setup(n):
    r = np.random.default_rng(71)
    return r.random(n, dtype=np.float32), r.random(n + 1, dtype=np.float32), r.random(n + 2, dtype=np.float32)
