# parallax: tolerance=4e-7
import math
import numpy as np
from numba import njit


@njit
def functions(x):
    out = np.empty((x.size, 12), np.float32)
    for i in range(x.size):
        v = x[i]
        out[i, 0] = math.sin(v)
        out[i, 1] = math.cos(v)
        out[i, 2] = math.tan(v * np.float32(0.3))
        out[i, 3] = math.atan(v)
        out[i, 4] = math.exp(-v)
        out[i, 5] = math.log(v)
        out[i, 6] = math.sqrt(v)
        out[i, 7] = math.tanh(v)
        out[i, 8] = math.erf(v)
        out[i, 9] = math.log1p(v)
        out[i, 10] = v ** np.float32(0.75)
        out[i, 11] = math.atan2(v, np.float32(2))
    return out


def setup(n):
    return np.linspace(0.1, 4, n).astype(np.float32),
