# parallax: size=60
import numpy as np
from numba import njit


@njit
def fnv1a(data):
    h = np.uint64(0xcbf29ce484222325)
    for i in range(data.size):
        h = (h ^ data[i]) * np.uint64(0x100000001b3)
    return h


def setup(n):
    return np.random.default_rng(34).integers(0, 256, n, dtype=np.uint8),
