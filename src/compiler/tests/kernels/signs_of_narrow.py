# Numba turns the sign of a number, and its bits, in the number's own width, and widens what comes of it.
import numpy as np
from numba import njit, prange

BYTE = np.uint8(5)
LEAST = np.int8(-128)


@njit(parallel=True)
def f(a, b, c, d, e):
    minus = np.empty((5, a.size), np.int64)
    inverse = np.empty((5, a.size), np.int64)
    mixed = np.empty(a.size)
    for i in prange(a.size):
        minus[0, i] = -a[i]
        minus[1, i] = -b[i]
        minus[2, i] = -c[i]
        minus[3, i] = -d[i]
        minus[4, i] = -e[i]
        inverse[0, i] = ~a[i]
        inverse[1, i] = ~b[i]
        inverse[2, i] = ~c[i]
        inverse[3, i] = ~d[i]
        inverse[4, i] = ~e[i]
        mixed[i] = (-a[i] + d[i]) * 0.5 - (~c[i] & 0xFFFF) / 2
    t = d[1] > 3
    return minus, inverse, mixed, -BYTE, ~BYTE, -LEAST, -t, ~t, +BYTE, -(-a[0]), -np.int32(7), ~np.uint16(3)


def setup(n):
    k = np.arange(n) * 37
    return (
        k.astype(np.uint8),
        k.astype(np.uint16),
        (k * 1000003).astype(np.uint32),
        (k - 128).astype(np.int8),
        (k * 97).astype(np.int16),
    )
