# parallax: size=12
import math
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def sobel(image):
    h, w = image.shape
    out = np.zeros((h, w), np.uint8)
    for y in prange(1, h - 1):
        for x in range(1, w - 1):
            a = np.int32(image[y - 1, x + 1]) + 2 * image[y, x + 1] + image[y + 1, x + 1]
            b = np.int32(image[y - 1, x - 1]) + 2 * image[y, x - 1] + image[y + 1, x - 1]
            c = np.int32(image[y + 1, x - 1]) + 2 * image[y + 1, x] + image[y + 1, x + 1]
            d = np.int32(image[y - 1, x - 1]) + 2 * image[y - 1, x] + image[y - 1, x + 1]
            g = math.sqrt((a - b) ** 2 + (c - d) ** 2)
            out[y, x] = min(int(g), 255)
    return out


def setup(n):
    return np.random.default_rng(23).integers(0, 256, (n, n), dtype=np.uint8),
