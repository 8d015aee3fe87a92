# Several elements of every iteration's own.
# parallax: size=12
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def scatter(x, order):
    out = np.zeros(3 * x.size, x.dtype)
    other = np.zeros(x.size, x.dtype)
    for i in prange(x.size):
        out[3 * i] = x[i]
        out[3 * i + 1] = x[i] * 2
        out[3 * i + 2] = out[3 * i] + out[3 * i + 1]
        other[order[i]] = x[i]
    return out, other


def setup(n):
    return np.random.default_rng(66).integers(0, 100, n), (np.arange(n) * 5) % n
