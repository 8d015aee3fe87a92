import numpy as np
from numba import njit


@njit(boundscheck=True, nogil=True)
def reverse(a):
    b = np.empty_like(a)
    for i in range(a.size):
        b[~i] = a[i]
    return b


def setup(n):
    return np.arange(n),
