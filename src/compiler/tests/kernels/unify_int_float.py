# What begins as an int and becomes a float is a float64 all along.
# parallax: size=10
import numpy as np
from numba import njit


@njit
def unify(x, flag):
    s = 0
    for i in range(x.size):
        s += x[i]
    if flag:
        t = 1
    else:
        t = 2.5
    u = np.float32(1.5)
    if not flag:
        u = np.int16(3)
    return s, t, u


def setup(n):
    return np.random.default_rng(45).random(n, dtype=np.float32), True
