import numpy as np
from numba import njit


@njit
def reduce(a, m, u):
    return (a.sum(), a.prod(), a.min(), a.max(), a.mean(), a.argmin(), a.argmax(), m.sum(), m.min(), m.max(), m.mean(),
            u.sum(), u.prod(), u.max(), np.sum(a), np.min(m), np.max(a), np.argmax(a), np.mean(u), np.prod(a))


def setup(n):
    r = np.random.default_rng(55)
    return r.integers(1, 9, n, dtype=np.int32), r.integers(-99, 99, (4, 5)), r.integers(1, 200, n, dtype=np.uint8)
