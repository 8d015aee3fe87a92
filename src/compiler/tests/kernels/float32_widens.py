# A float32 with a literal is a float64 in Numba, unlike in NumPy.
# parallax: size=20
import numpy as np
from numba import njit


@njit
def widen(x, k):
    a = np.empty(x.size)
    b = np.empty(x.size, np.float32)
    for i in range(x.size):
        a[i] = x[i] * 0.1 + k[i] * x[i]
        b[i] = x[i] * 0.1
    return a, b, x[0] * 0.1, x[0] * k[0], x[0] ** 2, x[0] / 3


def setup(n):
    r = np.random.default_rng(36)
    return r.random(n, dtype=np.float32), r.integers(0, 10, n, dtype=np.int32)
