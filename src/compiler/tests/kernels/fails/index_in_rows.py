# parallax: fails=IndexError
# parallax: at=14:27
import numpy as np
from numba import njit, prange


# Rows are done several at once, until there are too few.
@njit(parallel=True)
def f(a, b, c):
    for i in prange(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                # The first to fail is the first of the last rows.
                c[i, j] = c[i, j] + a[i, k] * b[k, j]


def setup(n):
    return np.ones((n, n)), np.ones((n, n)), np.zeros((n - 3, n))
