# What is printed is for people: it changes nothing.
import numpy as np
from numba import njit


@njit
def loud(a):
    s = 0
    for i in range(a.size):
        s += a[i]
    print('sum', s)
    return s


def setup(n):
    return np.arange(n),
