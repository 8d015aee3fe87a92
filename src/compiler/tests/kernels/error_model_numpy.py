import numpy as np
from numba import njit


@njit(error_model='numpy')
def divide(a, b, f):
    q = np.empty(a.size)
    m = np.empty(a.size)
    for i in range(a.size):
        q[i] = f[i] / b[i]
        m[i] = a[i] / b[i]
    return q, m


def setup(n):
    f = np.linspace(-1, 1, 5)
    b = np.zeros(5)
    b[1] = 2.0
    return np.arange(5) - 2, b, f
