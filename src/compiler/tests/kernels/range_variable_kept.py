# A loop's variable keeps its last value; the loop may change it for the rest of a round.
import numpy as np
from numba import njit


@njit
def last(n):
    s = 0
    for i in range(n):
        k = i
        i = i * 10
        s += i
    for j in range(3):
        for j in range(j, 5):
            s += j
    return s, i, j, k


def setup(n):
    return n,
