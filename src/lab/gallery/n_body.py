"""Gravity of many bodies

Each body is pulled by all others. With n bodies there are n squared pairs: from which n
on do threads and the GPU pay?

Try: a size of 50, then of 4000. Who is first each time?
"""
# parallax: size=1000 show=scatter
import math
import numpy as np
from numba import njit, prange

SOFT = np.float32(0.01)
ONE = np.float32(1)


@njit(parallel=True)
def step(x, y, vx, vy, mass, dt):
    n = x.size
    for i in prange(n):
        ax = np.float32(0)
        ay = np.float32(0)
        for j in range(n):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            square = dx * dx + dy * dy + SOFT
            pull = mass[j] / (square * math.sqrt(square))
            ax += dx * pull
            ay += dy * pull
        vx[i] += dt * ax
        vy[i] += dt * ay
    for i in prange(n):
        x[i] += dt * vx[i]
        y[i] += dt * vy[i]


def setup(n):
    rng = np.random.default_rng(17)
    x, y = rng.standard_normal((2, n)).astype(np.float32)
    mass = rng.random(n, dtype=np.float32) / np.float32(n)
    return x, y, -y, x.copy(), mass, np.float32(0.01)
