# parallax: fails=UnboundLocalError
# parallax: at=11:12
import numpy as np
from numba import njit


@njit
def g(x):
    if x < 3:
        y = x * 2
    return y


@njit
def f(a):
    total = 0
    for i in range(a.size):
        a[i] = 7
        total += g(i)
    return total


def setup(n):
    return (np.arange(n),)
