# parallax: fails=UnboundLocalError
# parallax: at=12:12
import numpy as np
from numba import njit


@njit
def f(a):
    a[1] = 5
    if a[0] > 100:
        part = a[1:]
    return part.sum()


def setup(n):
    return (np.arange(n),)
