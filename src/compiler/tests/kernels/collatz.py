# parallax: size=100
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def collatz(n):
    length = np.zeros(n, np.int32)
    for i in prange(1, n):
        x = i
        while x != 1:
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            length[i] += 1
    return length


def setup(n):
    return n,
