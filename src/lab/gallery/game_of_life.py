"""Game of Life

A cell lives on by how many of its eight neighbours are alive. The world is round: what
do wrapped indices cost in each lane?

Try: `range(1, n - 1)` for `x`, `x - 1` for `left` and `x + 1` for `right`. How much was
the wrapping?
"""
# parallax: size=512 show=image
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def life(world, generations):
    now = world.copy()
    then = world.copy()
    n = now.shape[0]
    for _ in range(generations):
        for y in prange(n):
            above, below = (y - 1) % n, (y + 1) % n
            for x in range(n):
                left, right = (x - 1) % n, (x + 1) % n
                alive = now[above, left] + now[above, x] + now[above, right]
                alive += now[y, left] + now[y, right]
                alive += now[below, left] + now[below, x] + now[below, right]
                then[y, x] = alive == 3 or (alive == 2 and now[y, x] == 1)
        now, then = then, now
    return now


def setup(n):
    world = np.random.default_rng(10).integers(0, 2, (n, n), dtype=np.uint8)
    return world, 10
