import numpy as np
from numba import njit, prange


@njit
def ratio(a, b):
    return a / b


@njit
def inner(a, b):
    return ratio(a, b) + 1.0


@njit(parallel=True, error_model="numpy")
def f(x):
    out = np.empty(x.size)
    for i in prange(x.size):
        out[i] = inner(1.0, x[i])
    return out, inner(-1.0, x[0])


def setup(n):
    return (np.arange(n) % 4 * 1.0,)
