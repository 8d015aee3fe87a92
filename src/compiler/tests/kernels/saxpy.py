# parallax: size=100
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def saxpy(a, x, y):
    for i in prange(x.size):
        y[i] = a * x[i] + y[i]


def setup(n):
    r = np.random.default_rng(17)
    return np.float32(2.5), r.random(n, dtype=np.float32), r.random(n, dtype=np.float32)
