# parallax: size=50
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def mix(a):
    out = np.empty_like(a)
    for i in prange(a.size):
        x = a[i]
        x = np.int32(x * np.int32(1103515245) + np.int32(12345))
        x = np.int32(x ^ (x >> np.int32(7)))
        out[i] = np.int32(x % np.int32(1000)) // np.int32(3)
    return out


def setup(n):
    return np.random.default_rng(69).integers(-2**31, 2**31, n).astype(np.int32),
