# Unlike operators, NumPy's functions keep small integers small.
import numpy as np
from numba import njit


@njit
def ufuncs(a, b):
    return np.add(a[0], b[0]), np.multiply(a, b), np.minimum(a, np.int8(3)), np.subtract(b, a), np.maximum(a[1], b[1]), np.square(a)


def setup(n):
    return np.arange(-4, 4, dtype=np.int8) * np.int8(15), np.arange(8, dtype=np.int8) * np.int8(16)
