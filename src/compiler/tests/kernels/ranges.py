# parallax: size=7
import numpy as np
from numba import njit


@njit
def ranges(n):
    out = np.zeros((6, 30), np.int64)
    for k, step in enumerate((1, 2, 3, -1, -2, -3)):
        at = 0
        for i in range(n if step > 0 else 2 * n, 2 * n if step > 0 else n, step):
            out[k, at] = i
            at += 1
        for i in range(n, n, step):
            at = 29
        out[k, at] = -at
    for i in range(5, 2):
        out[0, 0] = 99
    return out


def setup(n):
    return n,
