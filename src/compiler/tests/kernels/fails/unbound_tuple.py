# parallax: fails=UnboundLocalError
# parallax: at=14:12
import numpy as np
from numba import njit


@njit
def f(a):
    i = 0
    while a[i] > 5:
        pair = (i, a)
        i += 1
    a[0] = 9
    return pair[0] + pair[1][0]


def setup(n):
    return (np.arange(n),)
