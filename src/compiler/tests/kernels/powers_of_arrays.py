"""Powers of arrays have NumPy's types: a square of bytes does not wrap."""
# parallax: size=6
import numpy as np
from numba import njit


@njit
def powers(a):
    return a ** 2, a ** 2 + a, a ** 3, np.power(a, 2), a[0] ** 2, (a ** 2).sum(), np.square(a), a ** 0


@njit
def narrow(a, b):
    return a ** b, a ** np.int8(2), 2 ** a


@njit
def f(i8, u8, i16, u32, i64, u64, f4, f8, b):
    return (
        powers(i8),
        powers(u8),
        powers(i16),
        powers(u32),
        powers(i64),
        u64 ** 2,
        powers(f4),
        powers(f8),
        b ** 2,
        narrow(i8, np.array([1, 2, 0, 3, 1, 2], np.int8)),
    )


def setup(n):
    a = np.array([3, 100, 7, 0, 1, 12])
    return (
        a.astype(np.int8),
        a.astype(np.uint8),
        a.astype(np.int16),
        a.astype(np.uint32),
        a,
        a.astype(np.uint64),
        a.astype(np.float32),
        a.astype(np.float64),
        a > 1,
    )
