# parallax: size=24
import math
import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def forces(x, y, z):
    n = x.size
    a = np.empty((n, 3), f32)
    for i in prange(n):
        ax = f32(0)
        ay = f32(0)
        az = f32(0)
        xi, yi, zi = x[i], y[i], z[i]
        for j in range(n):
            dx = x[j] - xi
            dy = y[j] - yi
            dz = z[j] - zi
            d = dx * dx + dy * dy + dz * dz + f32(1e-3)
            k = f32(1) / (d * f32(math.sqrt(d)))
            ax += dx * k
            ay += dy * k
            az += dz * k
        a[i, 0] = ax
        a[i, 1] = ay
        a[i, 2] = az
    return a


def setup(n):
    r = np.random.default_rng(2)
    x = r.standard_normal(n).astype(f32)
    y = r.standard_normal(n).astype(f32)
    z = r.standard_normal(n).astype(f32)
    return x, y, z
