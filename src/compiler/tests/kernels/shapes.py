# parallax: size=4
import numpy as np
from numba import njit


@njit
def shapes(a, b, c):
    h, w = b.shape
    z, y, x = c.shape
    return len(a), a.size, a.ndim, h, w, b.size, b.ndim, len(b), z, y, x, c.shape[-1], c.shape[0] * c.shape[1], c.ndim, a.shape


def setup(n):
    return np.zeros(n), np.zeros((n, n + 1), np.int8), np.zeros((n, 2, 3), np.float32)
