# parallax: size=12
# parallax: tolerance=1e-13
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def norm(m, above):
    s = 0.0
    n = 0
    for i in prange(m.shape[0]):
        for j in range(m.shape[1]):
            if m[i, j] > above:
                s += m[i, j] * m[i, j]
                n += 1
            elif m[i, j] < -above:
                n += 2
    return np.sqrt(s), n


def setup(n):
    return np.random.default_rng(63).standard_normal((n, n)), 0.5
