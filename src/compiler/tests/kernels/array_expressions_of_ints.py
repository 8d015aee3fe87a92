import numpy as np
from numba import njit


@njit
def expressions(a, b, u):
    return a + b, a * 3, a // 2, a % 5, a / 4, -a, a & 3, a << 1, u + u, a == b, a + 0.5, ~b


def setup(n):
    r = np.random.default_rng(54)
    return r.integers(-100, 100, n, dtype=np.int32), r.integers(-100, 100, n), r.integers(0, 200, n, dtype=np.uint8)
