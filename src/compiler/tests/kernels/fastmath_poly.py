# parallax: size=30
# parallax: tolerance=1e-14
import numpy as np
from numba import njit, prange


@njit(parallel=True, fastmath=True)
def poly(x):
    y = np.empty_like(x)
    for i in prange(x.size):
        t = x[i]
        y[i] = 1 + t * (0.5 + t * (0.25 + t * (0.125 + t * 0.0625)))
    return y


def setup(n):
    return np.linspace(-1, 1, n),
