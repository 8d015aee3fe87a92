"""Pairwise distances

The distance from each point to each other, in three dimensions. Nothing depends on
anything else: is that all it takes?

Try: `points.T.copy()` in `setup`, with `points[d, i]` and `points[d, j]`. Neighbouring
lanes then read neighbours in memory: what do they gain?
"""
# parallax: size=1000 show=image
import math
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def pairwise(points):
    n, dimensions = points.shape
    distance = np.empty((n, n), np.float32)
    for i in prange(n):
        for j in range(n):
            total = np.float32(0)
            for d in range(dimensions):
                delta = points[i, d] - points[j, d]
                total += delta * delta
            distance[i, j] = math.sqrt(total)
    return distance


def setup(n):
    return np.random.default_rng(16).random((n, 3), dtype=np.float32)
