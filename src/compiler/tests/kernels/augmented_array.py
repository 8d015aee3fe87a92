# parallax: size=12
import numpy as np
from numba import njit


@njit
def augmented(a, b):
    a += b
    a *= 2
    a[1:4] -= 1
    a[::2] /= 4
    b[:] = a[::-1]
    return a, b


def setup(n):
    r = np.random.default_rng(47)
    return r.random(n), r.random(n)
