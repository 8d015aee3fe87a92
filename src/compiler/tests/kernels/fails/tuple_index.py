# parallax: fails=IndexError
# parallax: at=12:23
import numpy as np
from numba import njit


@njit
def f(a):
    sizes = (4, 5, 6)
    for i in range(a.size):
        a[i] = 7
        a[0] = a[0] + sizes[i - 3]
    return a


def setup(n):
    return (np.arange(n),)
