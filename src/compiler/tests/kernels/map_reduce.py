# parallax: size=40
# parallax: tolerance=1e-6
import math
import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def highest(n):
    best = f32(-1)
    for j in prange(n):
        y = f32(-3) + f32(j) * f32(6.0 / (n - 1))
        row = f32(-1)
        for i in range(n):
            x = f32(-3) + f32(i) * f32(6.0 / (n - 1))
            r = x * x + y * y
            v = f32(math.cos(r)) / (f32(1) + r)
            row = max(row, v)
        best = max(best, row)
    return best


def setup(n):
    return n,
