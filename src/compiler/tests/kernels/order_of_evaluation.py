import numpy as np
from numba import njit


@njit
def bump(a, i):
    a[i] += 1
    return a[i]


@njit
def order(a):
    x = a[0] + bump(a, 0) * 10 + a[0] * 100
    y = bump(a, 1) - bump(a, 1) * 3
    a[bump(a, 2)] = bump(a, 2) + 10
    return x, y, a


def setup(n):
    return np.zeros(n, np.int64),
