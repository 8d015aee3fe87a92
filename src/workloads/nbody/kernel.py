import math

import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def pulls(x, y, z):
    """The pull of all bodies on each, along x, y and z."""
    n = x.size
    out = np.empty((3, n), np.float32)
    for i in prange(n):
        ax = f32(0)
        ay = f32(0)
        az = f32(0)
        for j in range(n):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            dz = z[j] - z[i]
            d = dx * dx + dy * dy + dz * dz + f32(1e-3)
            k = f32(1) / (d * math.sqrt(d))
            ax += dx * k
            ay += dy * k
            az += dz * k
        out[0, i] = ax
        out[1, i] = ay
        out[2, i] = az
    return out


def setup(n):
    rng = np.random.default_rng(1)
    at = rng.uniform(-2.0, 2.0, (3, n)).astype(np.float32)
    return at[0], at[1], at[2]
