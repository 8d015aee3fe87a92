# Rounds differ from lane to lane.
# parallax: size=40
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def newton(x):
    root = np.empty_like(x)
    rounds = np.empty(x.size, np.int32)
    for i in prange(x.size):
        r = x[i]
        k = 0
        while k < 50:
            s = 0.5 * (r + x[i] / r)
            k += 1
            if s == r:
                break
            r = s
        root[i] = r
        rounds[i] = k
    return root, rounds


def setup(n):
    return np.linspace(0.5, 100, n),
