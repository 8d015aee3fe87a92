# parallax: size=16
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def life(world, generations):
    now = world.copy()
    then = np.empty_like(now)
    h, w = now.shape
    for _ in range(generations):
        for y in prange(h):
            for x in range(w):
                alive = 0
                for dy in range(-1, 2):
                    for dx in range(-1, 2):
                        if dy != 0 or dx != 0:
                            alive += now[(y + dy) % h, (x + dx) % w]
                then[y, x] = 1 if alive == 3 or (alive == 2 and now[y, x] == 1) else 0
        now, then = then, now
    return now


def setup(n):
    return np.random.default_rng(12).integers(0, 2, (n, n), dtype=np.uint8), 5
