# parallax: size=10
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def normalise(m):
    for i in prange(m.shape[0]):
        row = m[i]
        least = row[0]
        for j in range(row.size):
            least = min(least, row[j])
        row[:] = row - least
        m[i, 0] += 1


def setup(n):
    return np.random.default_rng(65).random((n, 6)),
