# // and % round towards minus infinity.
# parallax: size=11
import numpy as np
from numba import njit


@njit
def divide(n):
    quotient = np.empty((n, n), np.int64)
    rest = np.empty((n, n), np.int64)
    real = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            a = i - n // 2
            b = j - n // 2
            if b == 0:
                b = 7
            quotient[i, j], rest[i, j] = divmod(a, b)
            quotient[i, j] += a // b
            rest[i, j] += a % b
            real[i, j] = a / b
    return quotient, rest, real


def setup(n):
    return n,
