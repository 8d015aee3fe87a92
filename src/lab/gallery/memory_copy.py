"""Copying memory

No arithmetic at all: every element is read and written, ten times over. What can lanes
and threads gain where all wait for the same memory?

Try: a size of 4000. All of it fits into the nearest cache: what do lanes gain now?
"""
# parallax: size=1000000 show=line
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def copy(source, rounds):
    target = np.empty_like(source)
    for _ in range(rounds):
        for i in prange(source.size):
            target[i] = source[i]
    return target


def setup(n):
    return np.ones(n, np.float32), 10
