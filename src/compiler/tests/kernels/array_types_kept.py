# Arrays follow the rules of NumPy's functions, a number counting by its own type: int16 + 1 is int64.
import numpy as np
from numba import njit


@njit
def types(a, k):
    return a * 2, a * 0.5, a * np.float32(0.5), a + a, a / 3, a ** 2, k * a, k + 1, k * np.int16(3)


def setup(n):
    return np.linspace(0, 1, n).astype(np.float32), np.arange(n, dtype=np.int16)
