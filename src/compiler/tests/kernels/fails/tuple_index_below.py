# parallax: fails=IndexError
# parallax: at=10:16
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(a):
    for i in prange(a.size):
        a[i] = (4.5, 5.5)[-i]
    return a


def setup(n):
    return (np.arange(n) * 1.0,)
