"""Linear regression

Gradient descent: two sums over all points, then one small step. The steps must follow
one another: what is left for threads?

Try: a size of 1000. Do threads still pay when a step is that short?
"""
# parallax: size=200000 show=numbers tolerance=1e-5
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def fit(x, y, rounds, rate):
    slope = np.float32(0)
    offset = np.float32(0)
    for _ in range(rounds):
        by_slope = np.float32(0)
        by_offset = np.float32(0)
        for i in prange(x.size):
            error = slope * x[i] + offset - y[i]
            by_slope += error * x[i]
            by_offset += error
        slope -= rate * by_slope / np.float32(x.size)
        offset -= rate * by_offset / np.float32(x.size)
    return slope, offset


def setup(n):
    rng = np.random.default_rng(7)
    x = rng.random(n)
    y = 3 * x + 2 + 0.1 * rng.random(n)
    return x.astype(np.float32), y.astype(np.float32), 50, np.float32(0.5)
