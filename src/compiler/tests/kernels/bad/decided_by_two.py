# parallax: error=TypingError
# parallax: says=and_(float64, int64)
# parallax: at=19:12
import numpy as np
from numba import njit

MODE = 2


@njit
def f(a, n):
    k = MODE
    if n > 5:
        k = 4
    if k > 1:
        y = 1
    else:
        y = 0.5
    return y & 1


def setup(n):
    return np.arange(1.0), n
