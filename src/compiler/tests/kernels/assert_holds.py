import numpy as np
from numba import njit


@njit
def checked(a):
    assert a.size > 0
    assert a.ndim == 1, 'one axis'
    return a.sum()


def setup(n):
    return np.arange(n),
