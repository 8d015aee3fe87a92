# parallax: size=6
import numpy as np
from numba import njit


@njit
def f(a, b, m):
    c = np.ascontiguousarray(a)
    c[0] = 9
    np.atleast_1d(a)[1] = 8
    np.asarray(a)[2] = 7
    np.asarray(a, dtype=np.int64)[3] = 6
    h = np.asarray(b, dtype=np.float64)
    h[0] = 5
    k = np.ascontiguousarray(m.T)
    k[0, 1] = 99
    l = np.copy(a)
    l[4] = 1
    return a, b, m, c, h, k, l


def setup(n):
    return np.arange(n), np.ones(n, np.float32), np.arange(n).reshape(2, n // 2)
