"""Nearest neighbour

Each of many points asks for the nearest of the others: a search for a minimum in each
iteration. What becomes of `if` where eight lanes may disagree about it?

Try: write `nearest = min(nearest, distance)` for the three lines of the `if`. What
does it cost the lanes to remember who it was?
"""
# parallax: size=3000 show=histogram
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def nearest_neighbour(x, y):
    n = x.size
    who = np.empty(n, np.int32)
    how_far = np.empty(n, np.float32)
    for i in prange(n):
        nearest = np.float32(np.inf)
        found = -1
        for j in range(n):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            distance = dx * dx + dy * dy
            if distance < nearest and j != i:
                nearest = distance
                found = j
        who[i] = found
        how_far[i] = np.sqrt(nearest)
    return how_far, who


def setup(n):
    rng = np.random.default_rng(9)
    return rng.random(n, dtype=np.float32), rng.random(n, dtype=np.float32)
