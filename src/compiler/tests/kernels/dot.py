# parallax: tolerance=1e-13
# Numba needs SciPy for it, NumPy does not.
# parallax: oracle=numpy
import numpy as np
from numba import njit


@njit
def dots(x, y, m, w):
    return np.dot(x, y), np.dot(m, x), np.dot(m, w), x @ y, m @ x


def setup(n):
    r = np.random.default_rng(60)
    return r.random(n), r.random(n), r.random((3, n)), r.random((n, 4))
