# parallax: size=30
import numpy as np
from numba import njit, prange


@njit
def popcount(x):
    x = x - ((x >> np.uint32(1)) & np.uint32(0x55555555))
    x = (x & np.uint32(0x33333333)) + ((x >> np.uint32(2)) & np.uint32(0x33333333))
    x = (x + (x >> np.uint32(4))) & np.uint32(0x0F0F0F0F)
    return np.uint32(x * np.uint32(0x01010101)) >> np.uint32(24)


@njit(parallel=True)
def count(a):
    out = np.empty(a.size, np.int32)
    for i in prange(a.size):
        out[i] = popcount(a[i])
    return out


def setup(n):
    return np.random.default_rng(33).integers(0, 2**32, n, dtype=np.uint32),
