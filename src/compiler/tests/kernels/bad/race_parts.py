# parallax: error=RaceError
# parallax: says=c
# parallax: numba=accepts
# parallax: at=14:13
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(x):
    c = np.zeros((4, 4), np.int32)
    for p in prange(8):
        for i in range(8 * p, 8 * p + 8):
            c[0, x[i]] += 1
    return c


def setup(n):
    return np.random.default_rng(1).integers(0, 4, 4 * n, dtype=np.uint8)
