# A prange without parallel=True is a range.
# parallax: size=20
import numpy as np
from numba import njit, prange


@njit
def serial(a):
    for i in prange(1, a.size):
        a[i] = a[i - 1] * 3 + 1
    return a


def setup(n):
    return np.zeros(n, np.int64),
