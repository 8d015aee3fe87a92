# parallax: size=20
import numpy as np
from numba import njit


@njit
def distance(a, b):
    before = np.arange(b.size + 1)
    now = np.zeros_like(before)
    for i in range(a.size):
        now[0] = i + 1
        for j in range(b.size):
            cost = int(a[i] != b[j])
            now[j + 1] = min(before[j + 1] + 1, now[j] + 1, before[j] + cost)
        before, now = now, before
    return before[-1]


def setup(n):
    r = np.random.default_rng(25)
    return r.integers(0, 5, n), r.integers(0, 5, n + 3)
