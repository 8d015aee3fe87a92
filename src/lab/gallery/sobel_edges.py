"""Edges by Sobel

Two slopes for each pixel, and the length of both together shows edges. Is a square root
in each pixel a reason to go parallel?

Try: `abs(gx) + abs(gy)` for the root. Is it any quicker?
"""
# parallax: size=600 show=image
import math
import numpy as np
from numba import njit, prange

TWO = np.float32(2)


@njit(parallel=True)
def sobel(image):
    height, width = image.shape
    edges = np.zeros_like(image)
    for y in prange(1, height - 1):
        for x in range(1, width - 1):
            left = image[y - 1, x - 1] + TWO * image[y, x - 1] + image[y + 1, x - 1]
            right = image[y - 1, x + 1] + TWO * image[y, x + 1] + image[y + 1, x + 1]
            above = image[y - 1, x - 1] + TWO * image[y - 1, x] + image[y - 1, x + 1]
            below = image[y + 1, x - 1] + TWO * image[y + 1, x] + image[y + 1, x + 1]
            gx = right - left
            gy = below - above
            edges[y, x] = math.sqrt(gx * gx + gy * gy)
    return edges


def setup(n):
    image = np.zeros((n, n), np.float32)
    image[n // 4 : n // 2, n // 4 : -n // 4] = 1
    image[n // 3 : -n // 5, n // 3 : n // 2] += np.float32(0.5)
    return image
