# parallax: error=TypingError
# parallax: says=sqrt
# parallax: at=11:12
import math
import numpy as np
from numba import njit


@njit
def f(a):
    return math.sqrt(a[0], 2)


def setup(n):
    return np.arange(n, dtype=np.float64),
