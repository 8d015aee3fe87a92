import math
import numpy as np
from numba import njit

SIZE = 4
HALF = np.float32(0.5)
WEIGHTS = (1, 2.5, np.float32(3))
SCALE = SIZE * 2 - 1
ROOT = math.sqrt(2)
FLAG = True
dtype = np.float32


@njit
def frozen(x):
    out = np.zeros(SIZE, dtype)
    for i in range(SIZE):
        out[i] = x * HALF * SCALE + ROOT
        if FLAG:
            out[i] += WEIGHTS[0] + WEIGHTS[1] * WEIGHTS[2]
    return out, HALF, WEIGHTS[1], math.pi, SCALE


def setup(n):
    return n,
