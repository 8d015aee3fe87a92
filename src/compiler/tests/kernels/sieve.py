# parallax: size=200
import numpy as np
from numba import njit


@njit
def sieve(n):
    is_prime = np.ones(n + 1, np.bool_)
    is_prime[:2] = False
    i = 2
    while i * i <= n:
        if is_prime[i]:
            for k in range(i * i, n + 1, i):
                is_prime[k] = False
        i += 1
    return is_prime, is_prime.sum()


def setup(n):
    return n,
