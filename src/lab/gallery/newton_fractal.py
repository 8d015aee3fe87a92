"""Newton fractal

Newton's method finds a cube root of one. Which of the three it ends at depends on
where it began. What does a division cost in each lane?

Try: divide once, `ONE / size`, and multiply by that twice. Is it any quicker?
"""
# parallax: size=400 show=image
import numpy as np
from numba import njit, prange

THIRD = np.float32(1 / 3)
ONE = np.float32(1)
TWO = np.float32(2)
TINY = np.float32(1e-9)


@njit(parallel=True)
def newton(axis, rounds):
    n = axis.size
    root = np.empty((n, n), np.int32)
    for row in prange(n):
        for column in range(n):
            x = axis[column]
            y = axis[row]
            for _ in range(rounds):
                # z = (2 z + 1 / z^2) / 3
                re = x * x - y * y
                im = TWO * x * y
                size = re * re + im * im + TINY
                x = THIRD * (TWO * x + re / size)
                y = THIRD * (TWO * y - im / size)
            # The one at 1, or of the two left of it that above or below.
            root[row, column] = 0 if x > 0 else 1 if y > 0 else 2
    return root


def setup(n):
    return np.linspace(-2, 2, n).astype(np.float32), 20
