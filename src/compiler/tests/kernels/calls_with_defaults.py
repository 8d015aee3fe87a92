import numpy as np
from numba import njit


@njit
def scale(x, by=2, plus=0.5):
    return x * by + plus


@njit
def calls(a):
    out = np.empty(6)
    out[0] = scale(a[0])
    out[1] = scale(a[1], 3)
    out[2] = scale(a[2], plus=1)
    out[3] = scale(by=a[3], x=4)
    out[4] = scale(a[4], plus=0.25, by=1.5)
    out[5] = scale(scale(a[5], 2), scale(1))
    return out


def setup(n):
    return np.arange(n),
