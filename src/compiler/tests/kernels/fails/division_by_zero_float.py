# NumPy's own floats would only warn.
# parallax: fails=ZeroDivisionError
# parallax: cpython=passes
# parallax: at=11:12
import numpy as np
from numba import njit, prange


@njit
def f(a):
    return 1.0 / a[0]


def setup(n):
    return np.arange(n, dtype=np.float64),
