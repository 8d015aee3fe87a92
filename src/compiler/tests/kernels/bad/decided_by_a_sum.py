# parallax: error=TypingError
# parallax: says=and_(float64, int64)
# parallax: at=16:12
import numpy as np
from numba import njit

MODE = 2


@njit
def f(a, n):
    if MODE + 1 == 3:
        y = 1
    else:
        y = 0.5
    return y & 1


def setup(n):
    return np.arange(1.0), n
