# parallax: size=300
# parallax: tolerance=1e-13
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def reduce(x):
    s = 0.5
    d = 100.0
    p = 1.0
    q = 1e6
    low = np.inf
    high = -np.inf
    for i in prange(x.size):
        s += x[i]
        d -= x[i] * x[i]
        p *= 1 + (x[i] - 0.5) / 100
        q /= 1 + x[i] / 100
        low = min(low, x[i])
        high = max(high, x[i])
    return s, d, p, q, low, high


def setup(n):
    return np.random.default_rng(62).random(n),
