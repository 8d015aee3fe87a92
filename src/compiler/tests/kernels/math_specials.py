# parallax: tolerance=1e-15
import math
import numpy as np
from numba import njit


@njit
def functions(x):
    out = np.empty((x.size, 12))
    for i in range(x.size):
        v = x[i]
        out[i, 0] = math.exp(v)
        out[i, 1] = math.log(v)
        out[i, 2] = math.sqrt(v)
        out[i, 3] = math.sin(v)
        out[i, 4] = math.atan(v)
        out[i, 5] = math.tanh(v)
        out[i, 6] = math.erf(v)
        out[i, 7] = math.fabs(v)
        out[i, 8] = math.copysign(2.0, v)
        out[i, 9] = abs(v)
        out[i, 10] = np.floor(v)
        out[i, 11] = np.sign(v)
    return out


def setup(n):
    x = np.zeros(8)
    x[1] = -0.0
    x[2] = np.inf
    x[3] = -np.inf
    x[4] = np.nan
    x[5] = -1.0
    x[6] = 1e308
    x[7] = 1e-310
    return x,
