# parallax: size=100
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def reduce(a, b):
    s = 10
    d = 0
    p = np.uint64(1)
    low = a[0]
    high = a[0]
    for i in prange(a.size):
        s += a[i] * 2
        d -= b[i]
        p *= np.uint64(b[i] | 1)
        low = min(low, a[i])
        high = max(high, a[i])
    return s, d, p, low, high


def setup(n):
    r = np.random.default_rng(61)
    return r.integers(-1000, 1000, n), r.integers(0, 64, n)
