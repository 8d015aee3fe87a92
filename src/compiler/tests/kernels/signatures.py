import numba
import numpy as np
from numba import float32, float64, int64, njit, prange, types


@njit("float64(int64)")
def half(x):
    return x / 2


@njit(float32(float64))
def third(x):
    return x / 3


@njit([float64(float64), int64(int64)])
def next_one(x):
    return x + 1


@njit("Tuple((float64, int64))(float64)")
def pair(x):
    return 7, x


@njit("b1(i8)")
def truth(x):
    return x


@njit((types.float64[::1], types.int64))
def element(x, i):
    return x[i]


@njit("(f4[:, ::1], i4)")
def row_sum(m, i):
    total = 0.0
    for j in range(m.shape[1]):
        total += m[i, j]
    return total


@numba.njit("Tuple((f8[::1], f8, f8, f4, f8, i8, Tuple((f8, i8)), b1, b1, f8, f8))(f8[::1], f4[:, ::1], i4, f8)", parallel=True)
def all_of(x, m, k, t):
    out = np.empty(x.size)
    for i in prange(x.size):
        out[i] = element(x, i) * k + t
    return (
        out,
        half(3.7),
        half(t),
        third(1),
        next_one(np.float32(2.5)),
        next_one(np.int32(2)),
        pair(2.75),
        truth(3),
        truth(0),
        row_sum(m, 1.9),
        element(x, k),
    )


def setup(n):
    return np.arange(n) * 0.5, np.ones((3, n), np.float32), 2.9, 3
