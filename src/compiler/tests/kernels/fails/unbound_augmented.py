# parallax: fails=UnboundLocalError
# parallax: at=12:9
import numpy as np
from numba import njit


@njit
def f(a):
    for i in range(a.size):
        if i % 2 == a[0]:
            total = 1.5
        total += a[i]
    return total


def setup(n):
    return (np.arange(n) + 1,)
