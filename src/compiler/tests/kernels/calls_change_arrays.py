import numpy as np
from numba import njit


@njit
def fill(row, value):
    for i in range(row.size):
        row[i] = value + i


@njit
def rows(m):
    for i in range(m.shape[0]):
        fill(m[i], i * 10)
    fill(m[:, 0], 100)
    fill(m.ravel()[::3], -50)
    return m


def setup(n):
    return np.zeros((4, 5)),
