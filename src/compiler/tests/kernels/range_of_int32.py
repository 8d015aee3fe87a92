# parallax: size=9
import numpy as np
from numba import njit


@njit
def count(limits):
    s = 0
    for k in range(limits.size):
        for i in range(limits[k]):
            s += i
        for i in range(np.int32(1), limits[k], np.int32(2)):
            s += i * 100
    return s


def setup(n):
    return np.arange(n, dtype=np.int32),
