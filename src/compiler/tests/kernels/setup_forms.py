# parallax: size=6
import numpy as np
from numba import njit

SEED = 7


@njit
def given(a, b, c, d, e, f, g, h):
    return a + 1, b, c, d, e, f, g, h


def points(rng, n, scale=2.0):
    x = rng.uniform(-1, 1, size=(n, 2)) * scale
    x[0] = 0
    return x


def setup(n):
    rng = np.random.default_rng(SEED)
    a = points(rng, n)
    b = np.arange(n, dtype=np.float32)[::-1].copy()
    c = np.linspace(0, 1, n).reshape(2, 3)
    d = np.full(n, 1.5)
    d[1:3] = -1
    e = np.zeros((n, n), dtype=np.int32)
    for i in range(n):
        for j in range(n):
            if i > j:
                e[i, j] = i * j
    f = (np.arange(n) % 3 == 0)
    g = np.float32(n / 4)
    h = n // 2 if n > 3 else 0
    return a, b, c, d, e, f, g, h
