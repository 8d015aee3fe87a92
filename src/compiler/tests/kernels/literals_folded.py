import numpy as np
from numba import njit, prange

MASK = 2**64 - 1
TINY = 10**-6


@njit(parallel=True)
def literals(x):
    h = np.uint64(14695981039346656037)
    for i in range(x.size):
        h = (h ^ np.uint64(x[i])) * np.uint64(1099511628211) & (2**64 - 1)
    out = np.empty(x.size)
    for i in prange(x.size):
        out[i] = (10**20 / 10**18) * x[i] + 10**-3 + TINY
    return (
        h,
        out,
        2**64 // 3,
        2**63 % 1000,
        2**63,
        1 << 63,
        -(2**63),
        (1 << 64) - 1,
        -7 // 2,
        7 % -3,
        -(2**60) >> 56,
        2**70 >> 66,
        ~True,
        True + True,
        ~5 & 0xFF,
        2**-1,
        10**-20,
        7 / 2,
        1 / 3,
        MASK,
        18446744073709551615 - 1,
    )


def setup(n):
    return (np.arange(n),)
