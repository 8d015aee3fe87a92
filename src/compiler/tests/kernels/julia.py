# parallax: size=20
import numpy as np
from numba import njit, prange


@njit
def steps_of(x, y, cx, cy, most):
    for i in range(most):
        x, y = x * x - y * y + cx, 2.0 * x * y + cy
        if x * x + y * y > 4.0:
            return i
    return most


@njit(parallel=True)
def julia(n, cx, cy):
    out = np.empty((n, n), np.int32)
    for j in prange(n):
        for i in range(n):
            out[j, i] = steps_of(3.0 * i / n - 1.5, 3.0 * j / n - 1.5, cx, cy, 80)
    return out


def setup(n):
    return n, -0.7, 0.27015
