# A prange that can be left early is no parallel loop in Numba: it runs as a range.
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def find(a, limit):
    for i in prange(a.size):
        if a[i] > limit:
            break
        a[i] = -1
    return a, i


@njit(parallel=True)
def first(a, limit):
    for i in prange(a.size):
        if a[i] > limit:
            return i
        a[i] += 1
    return -1


@njit(parallel=True)
def both(a):
    b, i = find(a, 9)
    return first(b, 12), b, i


def setup(n):
    return np.arange(n),
