# A name is a handle: two names, one array.
import numpy as np
from numba import njit


@njit
def names(a, b):
    c = a
    c[0] = 5
    a = b
    a[1] = 6
    if b[1] > 5:
        d = c
    else:
        d = a
    d[2] = 7
    return c, a, d


def setup(n):
    return np.zeros(4), np.ones(4)
