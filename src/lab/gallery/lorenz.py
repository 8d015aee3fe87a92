"""The butterfly

Lorenz's weather from many starts that differ by a millionth. Each path is a chain of
small steps: how do lanes help with chains?

Try: a start of `1` for all, without the `linspace`. Do all points land together?
"""
# parallax: size=4000 show=scatter
import numpy as np
from numba import njit, prange

SIGMA = np.float32(10)
RHO = np.float32(28)
BETA = np.float32(8 / 3)


@njit(parallel=True)
def lorenz(start, steps, dt):
    n = start.size
    xs = np.empty(n, np.float32)
    zs = np.empty(n, np.float32)
    for i in prange(n):
        x = start[i]
        y = np.float32(1)
        z = np.float32(20)
        for _ in range(steps):
            dx = SIGMA * (y - x)
            dy = x * (RHO - z) - y
            dz = x * y - BETA * z
            x += dt * dx
            y += dt * dy
            z += dt * dz
        xs[i] = x
        zs[i] = z
    return xs, zs


def setup(n):
    start = np.linspace(1, 1.001, n).astype(np.float32)
    return start, 2000, np.float32(0.005)
