# parallax: fails=UnboundLocalError
# parallax: at=12:17
import numpy as np
from numba import njit


@njit
def f(a, n):
    for k in range(4, n):
        if a[k] > 5:
            break
    a[0] = 10 * k
    return a


def setup(n):
    return np.arange(n), 3
