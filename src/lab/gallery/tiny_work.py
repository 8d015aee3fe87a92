"""Too little to do

A hundred elements, and a thousand rounds that each call all threads. What does it cost
to call them?

Try: a size of 100000 and 10 rounds. When do threads begin to pay?
"""
# parallax: size=100 show=line
import numpy as np
from numba import njit, prange

HALF = np.float32(0.5)


@njit(parallel=True)
def decay(x, rounds):
    level = x.copy()
    for _ in range(rounds):
        for i in prange(level.size):
            level[i] = level[i] * HALF + x[i]
    return level


def setup(n):
    return np.linspace(0, 1, n).astype(np.float32), 1000
