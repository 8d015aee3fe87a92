# parallax: size=20
import numpy as np
from numba import njit


@njit
def logic(a, b):
    both = np.empty(a.size, np.bool_)
    one = np.zeros_like(a)
    for i in range(a.size):
        both[i] = a[i] and b[i]
        one[i] = a[i] != b[i]
        if not a[i]:
            one[i] ^= True
    return both, one, a & b, a | b, a ^ b, ~a


def setup(n):
    r = np.random.default_rng(38)
    return r.integers(0, 2, n, dtype=np.bool_), r.random(n) < 0.5
