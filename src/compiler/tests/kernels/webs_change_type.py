# A name may stand for values of several types, one after the other.
# parallax: size=10
import numpy as np
from numba import njit


@njit
def webs(n):
    x = n
    a = x // 2
    x = x / 4
    b = x * 2
    x = x > 1
    c = x
    x = np.zeros(n)
    for i in range(n):
        x[i] = a + b + c
    y = x
    x = x[0]
    return x, y


def setup(n):
    return n,
