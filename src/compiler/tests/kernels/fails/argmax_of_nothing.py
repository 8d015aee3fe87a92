# parallax: fails=ValueError
# parallax: at=9:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return a[3:3].argmax()


def setup(n):
    return np.arange(n, dtype=np.float64),
