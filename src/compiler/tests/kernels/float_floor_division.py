import numpy as np
from numba import njit


@njit
def divide(a, b):
    q = np.empty((a.size, b.size))
    r = np.empty((a.size, b.size))
    for i in range(a.size):
        for j in range(b.size):
            q[i, j] = a[i] // b[j]
            r[i, j] = a[i] % b[j]
    return q, r


def setup(n):
    a = np.linspace(-3, 3, 13)
    return a, a[:6] * 0.7
