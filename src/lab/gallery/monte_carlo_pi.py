"""Pi by throwing darts

Random points in a square: the share within the circle gives pi. How do many throwers
get random numbers without sharing one generator?

Try: `np.uint32(1)` as the first state of every thrower. How good is pi now?
"""
# parallax: size=4000000 show=numbers
import numpy as np
from numba import njit, prange

THROWERS = 1024
TO_ONE = np.float32(2.0**-24)


@njit
def xorshift(state):
    state = np.uint32(state ^ np.uint32(state << 13))
    state = np.uint32(state ^ (state >> 17))
    return np.uint32(state ^ np.uint32(state << 5))


@njit(parallel=True)
def monte_carlo_pi(n):
    hits = 0
    for thrower in prange(THROWERS):
        state = np.uint32(1 + 2654435769 * thrower)
        for _ in range(n // THROWERS):
            state = xorshift(state)
            x = np.float32(state >> 8) * TO_ONE
            state = xorshift(state)
            y = np.float32(state >> 8) * TO_ONE
            if x * x + y * y < np.float32(1):
                hits += 1
    return hits, 4 * hits / n


def setup(n):
    return n
