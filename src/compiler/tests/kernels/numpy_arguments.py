"""Arguments of NumPy's functions that are rarely given: eye's k, decimals, the type of a sum."""
# parallax: size=9
import numpy as np
from numba import njit, prange


@njit
def eyes(n):
    out = np.zeros((9, 5, n))
    for k in range(-4, 5):
        out[k + 4] = np.eye(5, n, k)
    return out, np.eye(3, 3, 1, np.int32), np.eye(4, k=-2), np.eye(3, 0, 2), np.eye(2, None, 1)


@njit
def decimals(x, y, i):
    a = np.round(x, 2)
    b = np.around(x, -1)
    d = np.round(y, 1)
    e = np.round(i, -1)
    return a, b, d, e, np.round(x, 0), np.round(x[::2], 1)


@njit
def of_numbers(x, n):
    return np.round(x[1], 2), np.round(x[2], -1), np.around(n * 0.377, 1), np.round(n * 17, -1), np.round(np.float32(2.345), 2)


@njit(parallel=True)
def in_parallel(x):
    out = np.zeros(x.size)
    for i in prange(x.size):
        out[i] = np.round(x[i] * 1.37, 2)
    return np.round(out * 3, 1)


@njit
def sums(x, y, i, b):
    return (
        np.sum(i, dtype=np.float64),
        y.sum(dtype=np.float64),
        np.sum(b, dtype=np.int64),
        np.sum(x, dtype=np.float64),
        i.sum(dtype=np.int64),
    )


@njit
def f(x, y, i, b, n):
    return eyes(n), decimals(x, y, i), of_numbers(x, n), in_parallel(x), sums(x, y, i, b)


def setup(n):
    rng = np.random.default_rng(5)
    x = np.concatenate((rng.uniform(-100, 100, 40), np.array([np.inf, -np.inf, np.nan, 1e300, 0.5, -0.0, 2.675, 1e-320])))
    return x, x[:40].astype(np.float32), np.arange(-30, 40, 3, dtype=np.int32), x[:40] > 0, n
