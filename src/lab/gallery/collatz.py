"""Collatz steps

Halve if even, else triple and add one, until it is one. Eight lanes work until the
slowest of them is done: how much of their work is lost?

Try: `np.full(n, 97)` for the `np.arange` in `setup`. All lanes are done at the same
time: what do they gain now?
"""
# parallax: size=100000 show=scatter
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def collatz(starts):
    steps = np.zeros(starts.size, np.int32)
    for i in prange(starts.size):
        value = starts[i]
        count = 0
        while value > 1:
            if value % 2 == 0:
                value = np.int32(value // 2)
            else:
                value = np.int32(3 * value + 1)
            count += 1
        steps[i] = count
    return steps


def setup(n):
    return np.arange(1, n + 1).astype(np.int32)
