"""Light of many lamps

How bright is it in each place of a square with forty lamps, and how bright at most?
"""
# parallax: size=64 show=image
import numpy as np
from numba import njit

DARK = 0.0
SOFT = 0.01


@njit
def light_map(axis, lamps):
    n = axis.size
    pixel = axis[1] - axis[0]
    image = np.empty((n, n), axis.dtype)
    y = axis[0]
    for row in range(n):
        x = axis[0]
        for column in range(n):
            light = DARK
            for k in range(lamps.shape[1]):
                dx = x - lamps[0, k]
                dy = y - lamps[1, k]
                light += lamps[2, k] / (dx * dx + dy * dy + SOFT)
            image[row, column] = light
            x += pixel
        y += pixel
    brightest = DARK
    for row in range(n):
        if image[row].max() > brightest:
            brightest = image[row].max()
    return image, brightest


def setup(n):
    axis = np.arange(n) * (2 / n) - 1
    lamps = np.random.default_rng(24).uniform(-1, 1, (3, 40))
    lamps[2] = lamps[2] ** 2
    return axis, lamps
