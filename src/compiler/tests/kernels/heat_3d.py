# parallax: size=7
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def heat(t, k):
    nz, ny, nx = t.shape
    out = t.copy()
    for z in prange(1, nz - 1):
        for y in range(1, ny - 1):
            for x in range(1, nx - 1):
                out[z, y, x] = t[z, y, x] + k * (
                    t[z - 1, y, x] + t[z + 1, y, x]
                    + t[z, y - 1, x] + t[z, y + 1, x]
                    + t[z, y, x - 1] + t[z, y, x + 1]
                    - 6 * t[z, y, x]
                )
    return out


def setup(n):
    return np.random.default_rng(19).random((n, n + 1, n + 2)), 0.1
