import math

import numpy as np
from numba import njit, prange

f32 = np.float32

@njit(parallel=True)
def greatest(n):
    step = f32(6.0 / (n - 1))
    best = f32(-1)
    for j in prange(n):
        y = f32(-3) + f32(j) * step
        row = f32(-1)
        for i in range(n):
            x = f32(-3) + f32(i) * step
            r = x * x + y * y
            row = max(row, f32(math.cos(r)) / (f32(1) + r))
        best = max(best, row)
    return best
