import numpy as np
from numba import njit


@njit
def ends(a, m):
    a[-1] = a[0] + a[-2]
    i = -3
    a[i] += m[-1, -2] * m[i, 0]
    m[-1, -1] = 9
    return a, m


def setup(n):
    return np.arange(n), np.arange(20, dtype=np.int32).reshape(4, 5)
