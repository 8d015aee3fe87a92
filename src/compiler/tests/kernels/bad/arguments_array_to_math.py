# parallax: error=TypingError
# parallax: says=array(float64, 1d, C)
# parallax: at=11:12
import math
import numpy as np
from numba import njit


@njit
def f(a):
    return math.sqrt(a)


def setup(n):
    return np.arange(n, dtype=np.float64),
