# parallax: size=16
import math
import numpy as np
from numba import njit, prange


@njit
def hit(ox, oy, oz, dx, dy, dz, radius):
    b = ox * dx + oy * dy + oz * dz
    c = ox * ox + oy * oy + oz * oz - radius * radius
    disc = b * b - c
    if disc < 0.0:
        return False, 0.0
    return True, -b - math.sqrt(disc)


@njit(parallel=True)
def render(n, radius):
    image = np.zeros((n, n))
    for y in prange(n):
        for x in range(n):
            u = (x + 0.5) / n * 2 - 1
            v = (y + 0.5) / n * 2 - 1
            length = math.sqrt(u * u + v * v + 1)
            found, t = hit(0.0, 0.0, -3.0, u / length, v / length, 1 / length, radius)
            if found:
                image[y, x] = t
    return image


def setup(n):
    return n, 1.5
