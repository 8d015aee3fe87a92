# parallax: size=200
# parallax: tolerance=1e-13
from math import pi, sin
from numba import njit, prange


@njit(parallel=True)
def integral(n):
    h = pi / n
    s = 0.0
    for i in prange(1, n):
        s += sin(i * h)
    return s * h


def setup(n):
    return n,
