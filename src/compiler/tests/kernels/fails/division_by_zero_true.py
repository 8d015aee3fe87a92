# parallax: fails=ZeroDivisionError
# parallax: at=9:12
import numpy as np
from numba import njit, prange


@njit
def f(n, k):
    return n / (k - 4)


def setup(n):
    return n, 4
