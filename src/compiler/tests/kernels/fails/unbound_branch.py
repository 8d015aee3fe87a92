# parallax: fails=UnboundLocalError
# parallax: at=11:12
import numpy as np
from numba import njit


@njit
def f(a):
    if a[0] > 100:
        k = 7
    return k + 1


def setup(n):
    return (np.arange(n),)
