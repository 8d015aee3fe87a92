# parallax: size=12
import numpy as np
from numba import njit


@njit
def f(a, m):
    outer = a[:, np.newaxis] * a
    row = m[1, None, :] + a[None, :3]
    column = (m[:, 1:2].copy()[:, :, None] * 2).ravel()
    spread = (m[:, :, None] + m[..., np.newaxis]).sum()
    a[:, None][2] = 9.5
    total = 0.0
    for i, x in enumerate(a, 3):
        total += i * x
    for k, y in enumerate((1, 2, 4), a.size):
        total += k * y
    return outer, row, column, spread, total, a.cumsum(), (a > 3).cumsum(), a[:, None].shape


def setup(n):
    return np.arange(n) * 0.5, np.arange(12.0).reshape(4, 3)
