# What setup draws is what NumPy draws.
import numpy as np
from numba import njit


@njit
def given(a, b, c, d, e, f):
    return a, b, c, d, e, f


def setup(n):
    rng = np.random.default_rng(42)
    a = rng.random(n)
    b = rng.integers(0, 10, n)
    c = rng.uniform(-3.0, 7.5, (4, 3))
    d = rng.integers(0, 256, 9, dtype=np.uint8)
    e = rng.random((2, 3), dtype=np.float32)
    f = rng.standard_normal(n)
    return a, b, c, d, e, f
