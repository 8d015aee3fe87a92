# parallax: size=120
import math

import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def cut(x, n):
    """Floats whose bounds are known, and such that only look so."""
    out = np.empty((n, 12), np.int64)
    for i in prange(n):
        p = f32(i) * f32(0.75) - f32(40.5)
        q = (i - n // 2) * 12345.6789
        k = np.floor(p)
        out[i, 0] = np.int32(k)
        out[i, 1] = np.int32(k) & 1
        out[i, 2] = np.int32(p)
        out[i, 3] = int(q)
        out[i, 4] = np.int32(-q)
        out[i, 5] = np.uint32(p * p)
        out[i, 6] = np.int64(q * q) & 7
        # Not whole, and cut off towards zero.
        out[i, 7] = np.int32(np.ceil(q) * 0.5)
        # As large as can be, and larger.
        out[i, 8] = np.int32(f32(i) * f32(4194303.5 / 4096))
        out[i, 9] = np.int64(i * 1e13)
        # An end is one or the other.
        out[i, 10] = np.int64(min(x[i], 3.5))
        out[i, 11] = np.int64(math.sqrt(abs(q)) - 2.5)
    return out


def setup(n):
    return np.linspace(-4, 4, n), n
