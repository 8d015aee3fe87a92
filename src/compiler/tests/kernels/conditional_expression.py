# parallax: size=20
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def clamp(x, low, high):
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = low if x[i] < low else high if x[i] > high else x[i]
    return out


def setup(n):
    return np.linspace(-3, 3, n), -1.5, 2.0
