# parallax: size=100
import numpy as np
from numba import njit


@njit
def prefix_sum(x):
    out = np.empty(x.size + 1, x.dtype)
    out[0] = 0
    for i in range(x.size):
        out[i + 1] = out[i] + x[i]
    return out


def setup(n):
    return np.random.default_rng(18).integers(-100, 100, n).astype(np.int32),
