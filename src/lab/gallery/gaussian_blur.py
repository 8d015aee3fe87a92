"""Gaussian blur

Each pixel becomes a weighted mean of the 25 around it. What does an array of weights
cost against numbers in the program?

Try: `np.ones((9, 9))` for the weights in `setup`. Is it 81 / 25 times as slow?
"""
# parallax: size=400 show=image
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def blur(image, weights):
    height, width = image.shape
    k = weights.shape[0]
    out = np.zeros_like(image)
    for y in prange(height - k + 1):
        for x in range(width - k + 1):
            total = np.float32(0)
            for i in range(k):
                for j in range(k):
                    total += weights[i, j] * image[y + i, x + j]
            out[y, x] = total
    return out


def setup(n):
    image = np.zeros((n, n), np.float32)
    image[::16, :] = 1
    image[:, ::16] = 1
    bell = np.array([1, 4, 6, 4, 1]) / 16
    weights = bell[:, None] * bell[None, :]
    return image, weights.astype(np.float32)
