# parallax: size=12
import numpy as np
from numba import njit, prange


@njit
def cubic(x, c):
    return x ** 3 - x - c


@njit(parallel=True)
def roots(c):
    out = np.empty_like(c)
    for i in prange(c.size):
        low, high = 1.0, 4.0
        for _ in range(40):
            mid = 0.5 * (low + high)
            if cubic(mid, c[i]) > 0:
                high = mid
            else:
                low = mid
        out[i] = low
    return out


def setup(n):
    return np.linspace(0.5, 20, n),
