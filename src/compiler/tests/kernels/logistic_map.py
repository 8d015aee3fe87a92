# parallax: size=30
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def logistic(r, steps):
    x = np.full(r.size, 0.5)
    for i in prange(r.size):
        for _ in range(steps):
            x[i] = r[i] * x[i] * (1 - x[i])
    return x


def setup(n):
    return np.linspace(2.5, 4, n), 100
