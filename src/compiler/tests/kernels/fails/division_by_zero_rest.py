# parallax: fails=ZeroDivisionError
# parallax: at=9:12
import numpy as np
from numba import njit, prange


@njit
def f(a, k):
    return a.size % k


def setup(n):
    return np.zeros(n), 0
