# parallax: size=5
import numpy as np
from numba import njit


@njit
def matvec(m, x):
    out = np.zeros(m.shape[0])
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            out[i] += m[i, j] * x[j]
    return out


@njit
def both(m, x):
    return matvec(m, x), matvec(m.T, x)


def setup(n):
    r = np.random.default_rng(67)
    return r.random((n, n)), r.random(n)
