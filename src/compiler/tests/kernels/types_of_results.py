"""Results that keep the array's own type: means of float32, what is clipped, whole numbers that are rounded."""
# parallax: size=8
import numpy as np
from numba import njit


@njit
def of(a):
    return a.mean(), np.mean(a * a), a.var(), a.std(), np.clip(a, 1, 3), np.clip(a, 0.5, 2.5), np.clip(a, a, 3), np.clip(a, None, 2.5)


@njit(parallel=True)
def at_once(a):
    return a.mean(), a.var(), np.clip(a, 0.5, 2.5) + a


@njit
def rounded(a):
    return np.round(a), np.around(a, 0)


@njit
def f(i8, u16, i64, f4, f8, great):
    return (
        of(i8),
        of(u16),
        of(i64),
        of(f4),
        of(f8),
        at_once(i8),
        at_once(i64),
        rounded(i8),
        rounded(i64),
        rounded(f4),
        great.mean(),
        great.var(),
    )


def setup(n):
    a = np.array([3, 1, 7, 0, 2, 12, 1, 1])
    great = np.ones(64, np.float32)
    great[0] = 2**24
    return (
        a.astype(np.int8),
        a.astype(np.uint16),
        a,
        a.astype(np.float32) * np.float32(0.3),
        a * 0.3,
        great,
    )
