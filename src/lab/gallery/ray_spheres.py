"""Rays and spheres

A ray goes through each pixel: which of the spheres does it meet first? Most miss, so
most lanes have nothing to do: does it matter?

Try: 200 spheres for 20 in `setup`. Does any back end gain ten times more?
"""
# parallax: size=200 show=image
import math
import numpy as np
from numba import njit, prange

ONE = np.float32(1)


@njit(parallel=True)
def trace(axis, x, y, z, radius):
    n = axis.size
    image = np.zeros((n, n), np.float32)
    for row in prange(n):
        for column in range(n):
            u = axis[column]
            v = axis[row]
            length = ONE / math.sqrt(u * u + v * v + ONE)
            nearest = np.float32(100)
            for k in range(x.size):
                along = (u * x[k] + v * y[k] + z[k]) * length
                square = x[k] * x[k] + y[k] * y[k] + z[k] * z[k]
                inside = along * along - square + radius[k] * radius[k]
                if inside > np.float32(0):
                    nearest = min(nearest, along - math.sqrt(inside))
            if nearest < np.float32(100):
                image[row, column] = ONE / nearest
    return image


def setup(n):
    rng = np.random.default_rng(18)
    x, y = rng.uniform(-3, 3, (2, 20)).astype(np.float32)
    z = rng.uniform(4, 8, 20).astype(np.float32)
    radius = rng.uniform(0.2, 0.8, 20).astype(np.float32)
    return np.linspace(-0.8, 0.8, n).astype(np.float32), x, y, z, radius
