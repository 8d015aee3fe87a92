import numpy as np
from numba import njit


@njit
def builtins(a, b, x):
    out = np.empty((a.size, 4))
    for i in range(a.size):
        out[i, 0] = min(a[i], b[i])
        out[i, 1] = max(a[i], b[i], 3)
        out[i, 2] = abs(a[i] - b[i])
        out[i, 3] = min(x[i], a[i], 0.5)
    return out, min(a[0], 2), max(x[0], np.float32(1)), abs(-3), abs(np.int8(-5)), min((3, 1, 2)), max((a[0], a[1]))


def setup(n):
    r = np.random.default_rng(50)
    return r.integers(-20, 20, n, dtype=np.int32), r.integers(-20, 20, n), r.standard_normal(n)
