"""Ripples on a pond

A drop falls on still water. Each step needs the two before it: how many arrays are
read and written, and what does that mean for memory?

Try: `0.6` for `0.25` as the speed in `setup`. What becomes of the water?
"""
# parallax: size=300 show=image
import numpy as np
from numba import njit, prange

TWO = np.float32(2)
FOUR = np.float32(4)


@njit(parallel=True)
def ripple(start, speed, steps):
    before = start.copy()
    now = start.copy()
    after = np.zeros_like(start)
    height, width = now.shape
    for _ in range(steps):
        for y in prange(1, height - 1):
            for x in range(1, width - 1):
                around = now[y - 1, x] + now[y + 1, x] + now[y, x - 1] + now[y, x + 1]
                force = around - FOUR * now[y, x]
                after[y, x] = TWO * now[y, x] - before[y, x] + speed * force
        before, now, after = now, after, before
    return now


def setup(n):
    axis = np.linspace(-10, 10, n)
    drop = np.maximum(0, 1 - axis[:, None] ** 2 - axis[None, :] ** 2)
    return drop.astype(np.float32), np.float32(0.25), 50
