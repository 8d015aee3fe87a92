"""Prefix sums

Every element becomes the sum of all before it, which looks like a chain. In log n
rounds of additions it is none: what does that cost?

Try: one plain loop, `total += x[i]; old[i] = total`. Does anything beat it?
"""
# parallax: size=200000 show=line
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def prefix_sum(x):
    old = x.copy()
    new = x.copy()
    step = 1
    while step < x.size:
        for i in prange(x.size):
            if i >= step:
                new[i] = old[i] + old[i - step]
            else:
                new[i] = old[i]
        old, new = new, old
        step *= 2
    return old


def setup(n):
    return np.random.default_rng(22).integers(-9, 10, n, dtype=np.int32)
