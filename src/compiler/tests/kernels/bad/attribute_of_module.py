# parallax: error=TypingError
# parallax: says=Unknown attribute 'squareroot'
# parallax: at=10:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return np.squareroot(a[0])


def setup(n):
    return np.arange(n, dtype=np.float64),
