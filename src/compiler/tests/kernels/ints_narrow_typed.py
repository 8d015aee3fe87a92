# Named types keep what an operation gives at their width only where they are named.
# parallax: size=20
import numpy as np
from numba import njit


@njit
def typed(a, b):
    out = np.empty((a.size, 6), np.int64)
    for i in range(a.size):
        x = a[i] + b[i]
        out[i, 0] = x
        out[i, 1] = np.int8(x)
        out[i, 2] = np.uint8(x)
        out[i, 3] = np.int16(a[i] * b[i])
        out[i, 4] = np.uint16(a[i] - b[i])
        out[i, 5] = np.uint32(a[i]) * np.uint32(b[i])
    return out


def setup(n):
    r = np.random.default_rng(30)
    return r.integers(-128, 128, n, dtype=np.int8), r.integers(-128, 128, n, dtype=np.int8)
