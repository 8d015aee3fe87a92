import numpy as np
from numba import njit


@njit
def functions(x):
    out = np.empty((x.size, 2))
    for i in range(x.size):
        out[i, 0] = round(x[i], 1)
        out[i, 1] = round(x[i] * 100, -1)
    return out


def setup(n):
    return np.linspace(-2, 2, n) * 1.0371,
