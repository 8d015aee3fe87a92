# parallax: tolerance=1e-13
# parallax: size=200
import numpy as np
from numba import njit


@njit
def reduce(a, m, x):
    return (a.sum(), a.min(), a.max(), a.mean(), a.argmin(), a.argmax(), m.sum(), m.min(), m.mean(), x.prod(),
            np.sum(a * a), np.max(np.abs(a)), (a > 0).sum(), a.var(), a.std())


def setup(n):
    r = np.random.default_rng(56)
    return r.standard_normal(n), r.random((6, 7)), r.uniform(0.5, 1.5, 20)
