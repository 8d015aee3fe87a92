# parallax: size=60
import numpy as np
from numba import njit


@njit
def primes(n):
    out = np.zeros(n, np.int32)
    k = 0
    for i in range(2, n):
        for d in range(2, i):
            if d * d > i:
                out[k] = i
                k += 1
                break
            if i % d == 0:
                break
        else:
            out[k] = i
            k += 1
    return out, k


def setup(n):
    return n,
