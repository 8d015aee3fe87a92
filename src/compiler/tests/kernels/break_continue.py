# parallax: size=40
import numpy as np
from numba import njit


@njit
def walk(x):
    s = 0
    skipped = 0
    for i in range(x.size):
        if x[i] % 3 == 0:
            skipped += 1
            continue
        if s > 200:
            break
        s += x[i]
    while True:
        s -= 7
        if s % 2 == 0:
            continue
        if s < 0:
            break
    return s, skipped, i


def setup(n):
    return np.random.default_rng(41).integers(0, 50, n),
