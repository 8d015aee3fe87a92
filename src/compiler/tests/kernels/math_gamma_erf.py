# parallax: tolerance=2e-14
# parallax: size=40
import math
import numpy as np
from numba import njit


@njit
def functions(x):
    out = np.empty((x.size, 4))
    for i in range(x.size):
        v = x[i]
        out[i, 0] = math.gamma(v)
        out[i, 1] = math.lgamma(v)
        out[i, 2] = math.erf(v)
        out[i, 3] = math.erfc(v)
    return out


def setup(n):
    return np.linspace(-3.3, 9.1, n),
