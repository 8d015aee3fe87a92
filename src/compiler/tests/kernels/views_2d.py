# parallax: size=6
import numpy as np
from numba import njit


@njit
def views(m):
    row = m[1]
    column = m[:, 2]
    block = m[2:4, 1:5]
    row[0] = 100
    column[-1] = 200
    block[0, 0] = 300
    block[1] = 5
    every = m[::2, ::-1]
    every[0, 0] = 400
    m[3:, 0] = column[:3]
    return m, row.sum(), column.sum(), block.copy(), every.shape, m[-1, ::2].copy(), m[1:3].copy()


def setup(n):
    return np.arange(n * n).reshape(n, n),
