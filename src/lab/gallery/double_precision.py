"""Double precision

The same sum of a slow series in 64 bits. A vector holds half as many of them, and the
GPU has none: what do they cost, and what do they buy?

Try: `np.float32` for `np.float64` in the kernel. How many digits of pi are left?
"""
# parallax: size=2000000 show=numbers tolerance=1e-12
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def leibniz(n):
    total = np.float64(0)
    for k in prange(n):
        sign = np.float64(1 - k % 2 * 2)
        total += sign / np.float64(2 * k + 1)
    return np.float64(4) * total


def setup(n):
    return n
