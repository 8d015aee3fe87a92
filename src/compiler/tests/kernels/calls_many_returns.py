import numpy as np
from numba import njit


@njit
def sign_of(x):
    if x > 0:
        return 1
    if x < 0:
        return -1
    return 0


@njit
def kind(x):
    while x > 10:
        x -= 10
        if x == 7:
            return x * 1.5
    return x


@njit
def signs(a):
    out = np.empty((2, a.size))
    for i in range(a.size):
        out[0, i] = sign_of(a[i])
        out[1, i] = kind(a[i])
    return out


def setup(n):
    return np.arange(-n, n) * 3,
