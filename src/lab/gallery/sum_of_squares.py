"""Sum of squares

Every iteration adds to the same variable. How can a parallel loop do that?

Try: write `range` for `prange`. The order of the additions is then the program's, and
lanes must keep it: what becomes of their gain?
"""
# parallax: size=500000 show=numbers tolerance=1e-4
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def sum_of_squares(x):
    total = np.float32(0)
    for i in prange(x.size):
        total += x[i] * x[i]
    return total


def setup(n):
    return np.random.default_rng(2).random(n, dtype=np.float32)
