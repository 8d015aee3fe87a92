# parallax: size=20
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def poly(x):
    y = np.empty_like(x)
    for i in prange(x.size):
        t = x[i]
        y[i] = ((t * np.float32(0.5) + np.float32(1.25)) * t - np.float32(3)) * t
    return y


def setup(n):
    return np.linspace(-2, 2, n).astype(np.float32),
