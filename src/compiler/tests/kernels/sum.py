# parallax: size=1000
# parallax: tolerance=1e-5
import numpy as np
from numba import njit, prange


@njit(parallel=True, fastmath=True)
def total(x):
    s = np.float32(0)
    for i in prange(x.size):
        s += x[i]
    return s


def setup(n):
    return np.random.default_rng(5).random(n, dtype=np.float32),
