"""Numbers near zero

An echo fades: each round is a multiplication and an addition. Why does the same
arithmetic take so much longer once the echo is too small to hear?

Try: add `FLOOR` to `level` in each round, a noise that nobody hears. One addition more:
what of the times?
"""
# parallax: size=1000 show=line
import numpy as np
from numba import njit, prange

FLOOR = np.float32(1e-20)


@njit(parallel=True)
def fade(strength, decay, rounds):
    heard = np.empty_like(strength)
    for i in prange(strength.size):
        level = strength[i]
        total = np.float32(0)
        for _ in range(rounds):
            level *= decay
            total += level
        heard[i] = total
    return heard


def setup(n):
    strength = np.linspace(0.1, 1, n).astype(np.float32)
    return strength, np.float32(0.9), 2000
