# parallax: size=1000
import numpy as np
from numba import njit


@njit
def histogram(x):
    h = np.zeros(256, np.int64)
    for i in range(x.size):
        h[x[i]] += 1
    return h


def setup(n):
    return np.random.default_rng(6).integers(0, 256, n, dtype=np.uint8),
