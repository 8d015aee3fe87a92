import math
import numpy as np
from numba import njit


@njit
def special(x):
    out = np.zeros((x.size, 8), np.uint8)
    for i in range(x.size):
        v = x[i]
        out[i, 0] = math.isnan(v)
        out[i, 1] = math.isinf(v)
        out[i, 2] = math.isfinite(v)
        out[i, 3] = v == v
        out[i, 4] = v < 1
        out[i, 5] = not v < 1
        out[i, 6] = bool(v)
        out[i, 7] = v > -math.inf
    return out


def setup(n):
    x = np.zeros(6)
    x[1] = np.nan
    x[2] = np.inf
    x[3] = -np.inf
    x[4] = -0.0
    x[5] = 5e-324
    return x,
