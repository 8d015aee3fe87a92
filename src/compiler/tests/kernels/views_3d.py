# parallax: size=4
import numpy as np
from numba import njit


@njit
def views(t):
    plane = t[1]
    line = t[:, 1, 2]
    plane[0] = 7
    line[:] = line * 2
    t[0, :, 1:] = 9
    t[..., 0] = -1
    return t, plane.copy(), line.copy(), t[:, 0].copy(), t[-1, -1, -1]


def setup(n):
    return np.arange(n * n * n, dtype=np.float32).reshape(n, n, n),
