import numpy as np
from numba import njit


@njit
def augmented(a, f):
    x = 1000
    x += 7
    x -= 2
    x *= 3
    x //= 2
    x %= 1000
    x <<= 3
    x >>= 1
    x |= 5
    x &= 0xFFF
    x ^= 0xF0
    x **= 2
    y = 5.0
    y /= 4
    y **= 3
    for i in range(a.size):
        a[i] += i
        a[i] *= 3
        a[i] //= 2
        a[i] %= 17
        a[i] <<= 2
        a[i] ^= 1
        f[i] /= 4
        f[i] -= 0.5
        f[i] **= 2
    return x, y, a, f


def setup(n):
    return np.arange(n, dtype=np.int32), np.arange(n, dtype=np.float32)
