# parallax: tolerance=2e-15
import math
import numpy as np
from numba import njit


@njit
def functions(x):
    out = np.empty((x.size, 8))
    for i in range(x.size):
        v = x[i]
        out[i, 0] = math.sin(v * 10)
        out[i, 1] = math.cos(v * 10)
        out[i, 2] = math.tan(v)
        out[i, 3] = math.asin(v)
        out[i, 4] = math.acos(v)
        out[i, 5] = math.atan(v * 10)
        out[i, 6] = math.atan2(v, 0.25)
        out[i, 7] = math.atan2(-0.5, v)
    return out


def setup(n):
    return np.linspace(-1, 1, n),
