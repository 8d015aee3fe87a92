# The arrays that it changed are what it gives.
import numpy as np
from numba import njit


@njit
def fill(a, b, unchanged):
    if a.size == 0:
        return
    for i in range(a.size):
        a[i] = unchanged[i] + 1
    b[0, :] = 5
    b[:, 1] = a[:3]


def setup(n):
    return np.zeros(n), np.zeros((3, 4), np.int32), np.arange(n)
