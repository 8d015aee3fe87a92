# Numba has no math.fmod.
# parallax: error=TypingError
# parallax: says=Unknown attribute 'fmod'
# parallax: at=12:12
import math
import numpy as np
from numba import njit


@njit
def f(a):
    return math.fmod(a[0], 2.0)


def setup(n):
    return np.arange(n, dtype=np.float64),
