# parallax: tolerance=2e-15
import math
import numpy as np
from numba import njit


@njit
def functions(x, y):
    out = np.empty((x.size, y.size, 7))
    for i in range(x.size):
        for j in range(y.size):
            a, b = x[i], y[j]
            out[i, j, 0] = math.hypot(a, b)
            out[i, j, 1] = math.copysign(a, b)
            out[i, j, 2] = np.fmod(a, b + 0.01)
            out[i, j, 3] = math.atan2(a, b)
            out[i, j, 4] = math.pow(abs(a), b)
            out[i, j, 5] = math.degrees(a)
            out[i, j, 6] = math.radians(b)
    return out


def setup(n):
    return np.linspace(-5, 5, 8), np.linspace(-2.5, 2.5, 6)
