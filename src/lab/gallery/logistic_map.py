"""Road to chaos

One line of arithmetic, again and again: for small growth it comes to rest, then it
jumps between 2, 4, 8 values, then it never settles. Where is the parallel loop?

Try: `growth` as float64, by leaving out the last `astype`. Who refuses?
"""
# parallax: size=20000 show=scatter
import numpy as np
from numba import njit, prange

HALF = np.float32(0.5)
ONE = np.float32(1)


@njit(parallel=True)
def settle(growth, rounds):
    last = np.empty_like(growth)
    for i in prange(growth.size):
        x = HALF
        for _ in range(rounds):
            x = growth[i] * x * (ONE - x)
        last[i] = x
    return growth, last


def setup(n):
    return np.linspace(2.8, 4, n).astype(np.float32), 500
