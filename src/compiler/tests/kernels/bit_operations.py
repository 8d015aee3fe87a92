# parallax: size=20
import numpy as np
from numba import njit


@njit
def bits(a, b):
    out = np.empty((a.size, 7), np.int32)
    for i in range(a.size):
        x, y = a[i], b[i]
        out[i, 0] = x & y
        out[i, 1] = x | y
        out[i, 2] = x ^ y
        out[i, 3] = ~x
        out[i, 4] = x << (y & 7)
        out[i, 5] = x >> (y & 7)
        out[i, 6] = -x
    return out


def setup(n):
    r = np.random.default_rng(32)
    return r.integers(-1000, 1000, n, dtype=np.int32), r.integers(-1000, 1000, n, dtype=np.int32)
