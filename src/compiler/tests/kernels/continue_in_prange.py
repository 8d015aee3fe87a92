# parallax: size=40
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def positive(x):
    out = np.zeros_like(x)
    n = 0
    for i in prange(x.size):
        if x[i] <= 0:
            continue
        out[i] = x[i]
        n += 1
    return out, n


def setup(n):
    return np.random.default_rng(42).integers(-50, 50, n),
