# parallax: tolerance=1e-5
# parallax: size=100
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def reduce(a):
    s = np.float32(0)
    p = np.float32(1)
    q = 0.0
    for i in prange(a.size):
        s += a[i]
        p *= a[i]
        q += a[i]
    return s, p, q, a.sum(), a.max()


def setup(n):
    return np.random.default_rng(57).uniform(0.9, 1.1, n).astype(np.float32),
