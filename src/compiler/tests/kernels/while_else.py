import numpy as np
from numba import njit


@njit
def first(x, wanted):
    i = 0
    while i < x.size:
        if x[i] == wanted:
            break
        i += 1
    else:
        i = -1
    return i


@njit
def both(x):
    return first(x, 5), first(x, 99)


def setup(n):
    return np.arange(n)[::-1].copy(),
