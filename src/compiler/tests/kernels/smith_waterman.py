# parallax: size=24
import numpy as np
from numba import njit


@njit
def smith_waterman(a, b, match, miss, gap):
    table = np.zeros((a.size + 1, b.size + 1), np.int32)
    best = 0
    for i in range(1, a.size + 1):
        for j in range(1, b.size + 1):
            same = match if a[i - 1] == b[j - 1] else miss
            score = max(0, table[i - 1, j - 1] + same)
            score = max(score, table[i - 1, j] + gap)
            score = max(score, table[i, j - 1] + gap)
            table[i, j] = score
            best = max(best, score)
    return table, best


def setup(n):
    r = np.random.default_rng(16)
    return r.integers(0, 4, n, dtype=np.uint8), r.integers(0, 4, n + 5, dtype=np.uint8), 3, -3, -2
