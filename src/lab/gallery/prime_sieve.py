"""Prime sieve

Every prime strikes out its multiples, block by block, so that a block stays in the
cache. Can eight blocks be sieved at once by eight lanes?

Try: a `BLOCK` of a million, too large for the nearest cache. What does the scalar loop
lose, and what is left for threads?
"""
# parallax: size=1000000 show=numbers
import numpy as np
from numba import njit, prange

BLOCK = 16384


@njit(parallel=True)
def sieve(n, small):
    is_prime = np.ones(n, np.bool_)
    is_prime[:2] = False
    for block in prange((n + BLOCK - 1) // BLOCK):
        begin = block * BLOCK
        end = min(begin + BLOCK, n)
        for p in small:
            first = max(p * p, (begin + p - 1) // p * p)
            for multiple in range(first, end, p):
                is_prime[multiple] = False
    return is_prime.sum()


def setup(n):
    root = int(n**0.5) + 1
    is_prime = np.ones(root, np.bool_)
    for k in range(2, root):
        is_prime[2 * k :: k] = False
    return n, np.arange(2, root)[is_prime[2:]]
