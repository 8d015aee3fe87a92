# parallax: size=29
# parallax: tolerance=2e-6
import math
import numpy as np
from numba import njit, prange


# An inner loop in lanes with much code, and lanes left over: n is 3 * 8 + 5, then fewer than 8.
@njit(parallel=True)
def f(x, y):
    n = x.size
    out = np.zeros((n, n), np.float32)
    short = np.zeros((n, 5), np.float32)
    for i in prange(n):
        for j in range(n):
            a = math.sin(x[i] - y[j])
            b = math.cos(x[i] + y[j])
            out[i, j] = a * a + math.asin(b) * math.exp(a)
        for k in range(5):
            c = math.sin(x[i] * y[k])
            short[i, k] = c + math.cos(c) * math.exp(c) + math.atan2(c, y[k])
    return out, short


def setup(n):
    rng = np.random.default_rng(12)
    return rng.random(n, dtype=np.float32), rng.random(n, dtype=np.float32)
