# parallax: tolerance=2e-15
import math
import numpy as np
from numba import njit


@njit
def functions(x):
    out = np.empty((x.size, 6))
    for i in range(x.size):
        v = x[i]
        out[i, 0] = math.sinh(v)
        out[i, 1] = math.cosh(v)
        out[i, 2] = math.tanh(v)
        out[i, 3] = math.asinh(v)
        out[i, 4] = math.acosh(1 + v * v)
        out[i, 5] = math.atanh(v / 4)
    return out


def setup(n):
    return np.linspace(-3, 3, n),
