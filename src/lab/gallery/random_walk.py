"""Random walks

Many walkers take steps to the left or right by coins of their own. Each step needs the
one before: what is parallel here?

Try: 100 walkers with 40000 steps rather than 4000 with 1000. Who loses most?
"""
# parallax: size=4000 show=histogram
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def walk(seeds, steps):
    place = np.empty(seeds.size, np.int32)
    for i in prange(seeds.size):
        state = seeds[i]
        at = 0
        for _ in range(steps):
            state = np.uint32(1664525 * state + 1013904223)
            if state >> 31 == 1:
                at += 1
            else:
                at -= 1
        place[i] = at
    return place


def setup(n):
    seeds = np.random.default_rng(19).integers(0, 2**32, n, dtype=np.uint32)
    return seeds, 1000
