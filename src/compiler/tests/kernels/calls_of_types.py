# One function, for every type that it is called with.
import numpy as np
from numba import njit


@njit
def twice(x):
    return x + x


@njit
def all_of_them(a, b):
    return twice(3), twice(2.5), twice(True), twice(np.float32(0.1)), twice(np.uint8(200)), twice(a), twice(b)


def setup(n):
    return np.arange(4, dtype=np.int8), np.linspace(0, 1, 3)
