# What iterations make lies apart from what was there before.
# parallax: size=20
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def make(a):
    b = a * 2.0
    out = np.empty_like(a)
    for i in prange(a.size):
        own = np.full(4, 7.5)
        own[i % 4] = i
        out[i] = own.sum() + b[i]
    c = b + out
    for i in prange(a.size):
        more = np.zeros(3)
        more[1] = c[i]
        out[i] -= more[1]
    return b, c, out


def setup(n):
    return np.arange(n) * 0.5,
