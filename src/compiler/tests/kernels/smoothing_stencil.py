# parallax: size=50
import numpy as np
from numba import njit, prange

third = np.float32(1 / 3)


@njit(parallel=True)
def smooth(x):
    out = np.empty_like(x)
    out[0] = x[0]
    out[-1] = x[-1]
    for i in prange(1, x.size - 1):
        out[i] = (x[i - 1] + x[i] + x[i + 1]) * third
    return out


def setup(n):
    return np.random.default_rng(22).random(n, dtype=np.float32),
