# parallax: error=NameError
# parallax: says=name 'b' is not defined
# parallax: at=10:19
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return a[0] + b


def setup(n):
    return np.arange(n, dtype=np.float64),
