# What is not needed is not evaluated: the index would be out of range.
import numpy as np
from numba import njit


@njit
def look(x):
    n = 0
    i = 0
    while i < x.size and x[i] < 0.9:
        if i + 1 >= x.size or x[i + 1] > x[i]:
            n += 1
        i += 1
    return n, i


def setup(n):
    return np.random.default_rng(40).random(n) * 0.8,
