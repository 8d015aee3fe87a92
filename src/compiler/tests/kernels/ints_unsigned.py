# Unsigned with unsigned stays unsigned; with signed it is int64.
# parallax: size=16
import numpy as np
from numba import njit


@njit
def mixed(u, s):
    a = np.empty(u.size, np.uint64)
    b = np.empty(u.size, np.int64)
    c = np.empty(u.size)
    for i in range(u.size):
        a[i] = u[i] - u[0]
        b[i] = u[i] - s[i]
        c[i] = u[i] / np.uint64(3)
    return a, b, c, u[1] // u[0], u[2] % np.uint8(7)


def setup(n):
    r = np.random.default_rng(31)
    return r.integers(1, 1 << 63, n, dtype=np.uint64), r.integers(-1000, 1000, n)
