import math

import numpy as np
from numba import njit, prange

f32 = np.float32

@njit(parallel=True, fastmath=True)
def pulls(x, y, z):
    n = x.size
    a = np.empty((3, n), f32)
    for i in prange(n):
        ax = f32(0)
        ay = f32(0)
        az = f32(0)
        for j in range(n):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            dz = z[j] - z[i]
            d = dx * dx + dy * dy + dz * dz + f32(1e-3)
            k = f32(1) / (d * f32(math.sqrt(d)))
            ax += dx * k
            ay += dy * k
            az += dz * k
        a[0, i] = ax
        a[1, i] = ay
        a[2, i] = az
    return a
