# parallax: error=NameError
# parallax: says=name 'sqroot' is not defined
# parallax: at=10:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return sqroot(a[0])


def setup(n):
    return np.arange(n, dtype=np.float64),
