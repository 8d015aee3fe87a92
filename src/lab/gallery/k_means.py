"""K-means clusters

Each point looks for the nearest of a few centres, then centres move to the mean of
their points. One half is parallel at once: which one is not, and why?

Try: write `prange` for `range` in the loop that sums up. What does the compiler say?
"""
# parallax: size=30000 show=scatter
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def k_means(x, y, centres, rounds):
    cx = x[:centres].copy()
    cy = y[:centres].copy()
    label = np.empty(x.size, np.int32)
    for _ in range(rounds):
        for i in prange(x.size):
            nearest = np.float32(np.inf)
            best = 0
            for k in range(centres):
                dx = x[i] - cx[k]
                dy = y[i] - cy[k]
                distance = dx * dx + dy * dy
                if distance < nearest:
                    nearest = distance
                    best = k
            label[i] = best
        sums = np.zeros((3, centres), np.float32)
        for i in range(x.size):
            sums[0, label[i]] += x[i]
            sums[1, label[i]] += y[i]
            sums[2, label[i]] += np.float32(1)
        cx = sums[0] / sums[2]
        cy = sums[1] / sums[2]
    return cx, cy, label


def setup(n):
    x, y = np.random.default_rng(8).standard_normal((2, n)).astype(np.float32)
    return x, y, 20, 10
