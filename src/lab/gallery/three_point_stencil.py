"""Smoothing a line

Each point becomes a mean of itself and its two neighbours, many times over. Why are
there two arrays?

Try: write `old[i] =` for `new[i] =` in the loop. What does the compiler say?
"""
# parallax: size=100000 show=line
import numpy as np
from numba import njit, prange

QUARTER = np.float32(0.25)
HALF = np.float32(0.5)


@njit(parallel=True)
def smooth(noisy, rounds):
    old = noisy.copy()
    new = noisy.copy()
    for _ in range(rounds):
        for i in prange(1, old.size - 1):
            new[i] = QUARTER * (old[i - 1] + old[i + 1]) + HALF * old[i]
        old, new = new, old
    return old


def setup(n):
    wave = np.sin(np.linspace(0, 20, n))
    noise = np.random.default_rng(3).random(n) - 0.5
    return (wave + noise).astype(np.float32), 50
