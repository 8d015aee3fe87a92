# parallax: error=SyntaxError
# parallax: says=unindent does not match any outer indentation level
# parallax: at=11:1
import numpy as np
from numba import njit, prange


@njit
def f(a):
        b = a
   return b


def setup(n):
    return np.arange(n, dtype=np.float64),
