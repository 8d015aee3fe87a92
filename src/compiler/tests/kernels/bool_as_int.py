# parallax: size=40
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def count(x, low, high):
    inside = 0
    weighted = 0.0
    for i in prange(x.size):
        inside += (x[i] > low) & (x[i] < high)
        weighted += (x[i] > low) * 0.5
    return inside, weighted, (low < high) + True, -(low < high)


def setup(n):
    return np.random.default_rng(37).random(n), 0.25, 0.75
