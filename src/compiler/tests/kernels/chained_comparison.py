# parallax: size=20
import numpy as np
from numba import njit


@njit
def between(x):
    n = 0
    for i in range(x.size):
        if -0.5 < x[i] <= 0.5 != x[0]:
            n += 1
        if 0 <= i < 5 == 5 > i:
            n += 100
    return n


def setup(n):
    return np.linspace(-1, 1, n),
