"""Game of Life

A cell lives on by how many of its eight neighbours are alive. The world is round, so
that indices wrap: what does the `%` cost in each lane?

Try: `range(1, n - 1)` for `x`, and no `% n` of x. How much was the wrapping?
"""
# parallax: size=256 show=image
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def life(world, generations):
    now = world.copy()
    then = world.copy()
    n = now.shape[0]
    for _ in range(generations):
        for y in prange(n):
            for x in range(n):
                alive = 0
                for dy in range(-1, 2):
                    for dx in range(-1, 2):
                        alive += now[(y + dy) % n, (x + dx) % n]
                alive -= now[y, x]
                born = alive == 3 or (alive == 2 and now[y, x] == 1)
                then[y, x] = 1 if born else 0
        now, then = then, now
    return now


def setup(n):
    world = np.random.default_rng(10).integers(0, 2, (n, n), dtype=np.uint8)
    return world, 20
