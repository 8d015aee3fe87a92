# parallax: error=TypingError
# parallax: says=tuples cannot be changed
# parallax: at=12:5
import numpy as np
from numba import njit

TABLE = (1, 2, 3)


@njit
def f(a):
    TABLE[0] = a[0]
    return a


def setup(n):
    return np.arange(n, dtype=np.float64),
