"""Shortest paths

Floyd and Warshall: is the way from i to j shorter through k? Every row is compared with
row k, and row k is one of them. Why is a copy of it taken?

Try: leave out the second `.copy()`. The result stays the same: what do lanes lose, and
why?
"""
# parallax: size=300 show=image
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def shortest_paths(roads):
    distance = roads.copy()
    n = distance.shape[0]
    for k in range(n):
        through = distance[k].copy()
        for i in prange(n):
            to_k = distance[i, k]
            for j in range(n):
                distance[i, j] = min(distance[i, j], to_k + through[j])
    return distance


def setup(n):
    rng = np.random.default_rng(13)
    roads = rng.integers(1, 1000, (n, n)).astype(np.float32)
    roads[np.arange(n), np.arange(n)] = 0
    return roads
