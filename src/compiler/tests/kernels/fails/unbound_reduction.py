# parallax: fails=UnboundLocalError
# parallax: at=12:9
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    if a[0] > 3:
        total = 2.0
    for i in prange(a.size):
        total += a[i]
    return total


def setup(n):
    return (np.arange(n) * 1.0,)
