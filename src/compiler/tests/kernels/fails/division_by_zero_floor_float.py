# parallax: fails=ZeroDivisionError
# parallax: at=9:12
import numpy as np
from numba import njit, prange


@njit
def f(x):
    return x // (x - x)


def setup(n):
    return 2.5,
