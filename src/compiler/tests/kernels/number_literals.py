import numpy as np
from numba import njit


@njit
def literals():
    return 0xFF + 0b1011 + 0o17 + 1_000, 1e3, .5, 5., 1e-3, 9223372036854775807, -9223372036854775808, 1.7976931348623157e308, True, 3 if not False else 4


@njit
def run(a):
    a[0] = literals()[0]
    return a, literals()


def setup(n):
    return np.zeros(1),
