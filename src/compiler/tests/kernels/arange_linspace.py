import numpy as np
from numba import njit


@njit
def ranges(n):
    return (np.arange(n), np.arange(2, n), np.arange(n, 0, -2), np.arange(0.0, 1.0, 0.125), np.arange(5, dtype=np.float32),
            np.linspace(0, 1, 5), np.linspace(-1.0, 2.0, n), np.arange(3.5), np.arange(n, dtype=np.int16))


def setup(n):
    return 9,
