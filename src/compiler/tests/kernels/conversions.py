import numpy as np
from numba import njit


@njit
def convert(x, k):
    a = int(x), float(k), bool(k), bool(x)
    b = np.float32(x), np.float64(k), np.int16(k), np.uint8(k), np.int64(x), np.bool_(k)
    return a, b, int(True), float(np.float32(0.1)), np.float32(k) * np.float32(0.5), np.uint32(1) + np.uint32(2), int(np.int8(3))


def setup(n):
    return 7.9, 300
