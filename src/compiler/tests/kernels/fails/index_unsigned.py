# A uint64 above the greatest int64 is no index from the end.
# parallax: fails=IndexError
# parallax: cpython=OverflowError
# parallax: at=11:12
import numpy as np
from numba import njit, prange


@njit
def f(a, i):
    return a[i]


def setup(n):
    return np.zeros(n), np.uint64(2**64 - 1)
