import numpy as np
from numba import njit


@njit
def halve(n):
    out = np.empty(n, np.float32)
    x = np.float32(1e-36)
    for i in range(n):
        x = x * np.float32(0.5)
        out[i] = x
    return out


def setup(n):
    return 40,
