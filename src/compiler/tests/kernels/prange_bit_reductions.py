# Numba has no parallel reductions of bits; NumPy's numbers are the same in any order.
# parallax: oracle=numpy
# parallax: size=100
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def reduce(a, b):
    ones = -1
    some = 0
    odd = 5
    for i in prange(a.size):
        ones &= a[i] | 0xF0
        some |= b[i] & 5
        odd ^= a[i]
    return ones, some, odd


def setup(n):
    r = np.random.default_rng(61)
    return r.integers(-1000, 1000, n), r.integers(0, 64, n)
