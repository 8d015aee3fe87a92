# parallax: error=UnsupportedError
# parallax: says='paralel' is no option of '@njit' here
# parallax: at=8:7
import numpy as np
from numba import njit, prange


@njit(paralel=True)
def f(a):
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
