import numpy as np
from numba import njit


@njit
def rotate(a):
    n = a.size
    x, y, z = 1, 2.0, 3
    for _ in range(5):
        x, z = z, x + z
        y = y / 2
    for i in range(n // 2):
        a[i], a[n - 1 - i] = a[n - 1 - i], a[i]
    p = q = a[0]
    p += 1
    return x, y, z, p, q, a


def setup(n):
    return np.arange(n),
