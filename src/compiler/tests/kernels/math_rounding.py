import math
import numpy as np
from numba import njit


@njit
def functions(x):
    ints = np.empty((x.size, 4), np.int64)
    floats = np.empty((x.size, 5))
    for i in range(x.size):
        v = x[i]
        ints[i, 0] = math.floor(v)
        ints[i, 1] = math.ceil(v)
        ints[i, 2] = math.trunc(v)
        ints[i, 3] = round(v)
        floats[i, 0] = math.fabs(v)
        floats[i, 1] = np.floor(v)
        floats[i, 2] = np.ceil(v)
        floats[i, 3] = np.trunc(v)
        floats[i, 4] = np.rint(v)
    return ints, floats


def setup(n):
    return np.linspace(-3.75, 3.75, 31),
