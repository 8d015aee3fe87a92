# parallax: error=UnsupportedError
# parallax: says='@vectorize' is not compiled yet
# parallax: numba=accepts
# parallax: at=9:2
import numpy as np
from numba import njit, vectorize


@vectorize
def g(x):
    return x + 1


@njit
def f(a):
    return g(a)


def setup(n):
    return np.arange(n, dtype=np.float64),
