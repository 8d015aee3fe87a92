"""Heat in a plate

Jacobi's method: every inner point becomes the mean of its four neighbours, until heat
has spread from the hot edge. Rows go to threads: who goes to the lanes?

Try: a size of 64. The plate now fits into the nearest cache, but what do threads cost?
"""
# parallax: size=512 show=image
import numpy as np
from numba import njit, prange

QUARTER = np.float32(0.25)


@njit(parallel=True)
def jacobi(plate, rounds):
    old = plate.copy()
    new = plate.copy()
    height, width = old.shape
    for _ in range(rounds):
        for y in prange(1, height - 1):
            for x in range(1, width - 1):
                across = old[y, x - 1] + old[y, x + 1]
                new[y, x] = QUARTER * (across + old[y - 1, x] + old[y + 1, x])
        old, new = new, old
    return old


def setup(n):
    plate = np.zeros((n, n), np.float32)
    plate[0, :] = 1
    return plate, 50
