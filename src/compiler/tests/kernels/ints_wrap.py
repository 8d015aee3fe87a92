# Every integer type wraps where it is stored, and operators widen to 64 bits.
# parallax: size=20
import numpy as np
from numba import njit


@njit
def wrap(n):
    a = np.empty(n, np.int8)
    b = np.empty(n, np.int16)
    c = np.empty(n, np.int32)
    d = np.empty(n, np.int64)
    e = np.empty(n, np.uint8)
    f = np.empty(n, np.uint16)
    g = np.empty(n, np.uint32)
    h = np.empty(n, np.uint64)
    x = 1
    for i in range(n):
        x = x * 6364136223846793005 + 1442695040888963407
        a[i] = x >> 33
        b[i] = x >> 33
        c[i] = x >> 31
        d[i] = x
        e[i] = x >> 33
        f[i] = x >> 33
        g[i] = x >> 31
        h[i] = x
    return a, b, c, d, e, f, g, h


def setup(n):
    return n,
