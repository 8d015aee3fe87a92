# parallax: fails=UnboundLocalError
# parallax: at=13:16
# parallax: cpython=passes
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    for i in prange(a.size):
        if a[i] > 9:
            k = i * 2
        a[i] = k + 1


def setup(n):
    return (20 - np.arange(n),)
