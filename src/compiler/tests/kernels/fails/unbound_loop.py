# parallax: fails=UnboundLocalError
# parallax: at=13:19
import numpy as np
from numba import njit


@njit
def f(a, n):
    for i in range(n):
        last = a[i] * 2
        if last > 5:
            break
    return a[0] + last


def setup(n):
    return np.arange(n), 0
