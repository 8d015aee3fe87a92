# parallax: tolerance=2e-15
import math
import numpy as np
from numba import njit


@njit
def functions(x):
    out = np.empty((x.size, 9))
    for i in range(x.size):
        v = x[i]
        out[i, 0] = math.exp(v)
        out[i, 1] = math.expm1(v)
        out[i, 2] = math.log(v)
        out[i, 3] = math.log1p(v)
        out[i, 4] = math.log2(v)
        out[i, 5] = math.log10(v)
        out[i, 6] = math.sqrt(v)
        out[i, 7] = math.pow(v, 1.5)
        out[i, 8] = math.exp2(v)
    return out


def setup(n):
    return np.linspace(0.01, 12, n),
