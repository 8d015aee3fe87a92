# parallax: size=10
import numpy as np
from numba import njit


@njit
def knapsack(weights, values, room):
    best = np.zeros(room + 1, np.int64)
    for i in range(weights.size):
        for w in range(room, weights[i] - 1, -1):
            best[w] = max(best[w], best[w - weights[i]] + values[i])
    return best


def setup(n):
    r = np.random.default_rng(26)
    return r.integers(1, 12, n), r.integers(1, 50, n), 40
