# parallax: size=150
# parallax: oracle=numpy
# What a sweep reads the one before has stored, twenty rows away, by another name. (Numba 0.68.1 makes both loops
# one, in which it has not been stored yet.)
import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def sweeps_by_other_names(u):
    h, w = u.shape
    both = u.copy()
    low = both[:h - 20]
    high = both[20:]
    e = u[:h - 20].copy()
    for _ in range(6):
        for y in prange(h - 20):
            for x in range(w):
                low[y, x] = e[y, x] * f32(.5) + f32(.1)
        for y in prange(h - 20):
            for x in range(w):
                e[y, x] = high[y, x] + f32(.2)
    # The array that sweeps begin with, by its first name, from the other end.
    first = u.copy()
    k = first
    m = np.zeros_like(u)
    n = u.copy()
    for _ in range(4):
        for y in prange(h):
            for x in range(w):
                m[y, x] = k[y, x] * f32(.5) + n[y, x]
        for y in prange(h):
            for x in range(w):
                n[y, x] = first[h - 1 - y, x] + m[y, x]
        for y in prange(h):
            for x in range(w):
                k[y, x] = n[y, x] * f32(.25)
        k, m = m, k
    # A name that is another array's by the time of the sweeps.
    p = u.copy()
    q = p * f32(2)
    p = m
    for _ in range(6):
        for y in prange(1, h - 1):
            for x in range(w):
                p[y, x] = q[y - 1, x] * f32(.5) + q[y + 1, x] * f32(.25)
        p, q = q, p
    return both, e, first, k, m, n, p, q


def setup(n):
    return np.random.default_rng(4).random((n, 50), dtype=f32),
