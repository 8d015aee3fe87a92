# parallax: error=TypingError
# parallax: says=Int value is too large
# parallax: at=10:12
import numpy as np
from numba import njit


@njit
def f(a):
    return 1000000007 * 1000000007 * 1000000007


def setup(n):
    return n
