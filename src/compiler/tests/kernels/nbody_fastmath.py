# parallax: size=24
# parallax: tolerance=1e-4
import math
import numpy as np
from numba import njit, prange


@njit(parallel=True, fastmath=True)
def forces(p):
    n = p.shape[0]
    a = np.zeros_like(p)
    for i in prange(n):
        for j in range(n):
            dx = p[j, 0] - p[i, 0]
            dy = p[j, 1] - p[i, 1]
            dz = p[j, 2] - p[i, 2]
            d = dx * dx + dy * dy + dz * dz + np.float32(1e-2)
            k = np.float32(1) / (d * math.sqrt(d))
            a[i, 0] += dx * k
            a[i, 1] += dy * k
            a[i, 2] += dz * k
    return a


def setup(n):
    r = np.random.default_rng(2)
    return r.standard_normal((n, 3)).astype(np.float32),
