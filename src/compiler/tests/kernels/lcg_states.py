# parallax: size=20
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def draw(n, rounds):
    out = np.empty(n, np.uint32)
    for i in prange(n):
        state = np.uint32(i)
        for _ in range(rounds):
            state = np.uint32(1664525) * state + np.uint32(1013904223)
            state = np.uint32(state)
        out[i] = state
    return out


def setup(n):
    return n, 12
