# An array that is given to itself is read before it is written.
import numpy as np
from numba import njit


@njit
def shift(a, b):
    a[1:] = a[:-1]
    b[:] = b[::-1]
    return a, b


def setup(n):
    return np.arange(n), np.arange(n)
