"""Aligning two genes

Smith and Waterman's table: each cell needs its left, upper and upper left neighbours.
Rows cannot run at once, but can the cells of one diagonal?

Try: write `range` for `prange`. What do lanes do now?
"""
# parallax: size=1000 show=numbers
import numpy as np
from numba import njit, prange

SAME, OTHER, GAP = 3, -3, -2


@njit(parallel=True)
def align(a, b):
    n = a.size
    # scores[d, i]: the cell in row i of the diagonal d, so its column is d - i
    scores = np.zeros((2 * n + 1, n + 1), np.int16)
    for d in range(2, 2 * n + 1):
        for i in prange(max(1, d - n), min(n, d - 1) + 1):
            bonus = SAME if a[i - 1] == b[d - i - 1] else OTHER
            score = max(0, scores[d - 2, i - 1] + bonus)
            score = max(score, scores[d - 1, i - 1] + GAP)
            scores[d, i] = max(score, scores[d - 1, i] + GAP)
    return scores.max()


def setup(n):
    rng = np.random.default_rng(20)
    a = rng.integers(0, 4, n, dtype=np.int32)
    b = np.where(rng.random(n) < 0.8, a, 0).astype(np.int32)
    return a, b
