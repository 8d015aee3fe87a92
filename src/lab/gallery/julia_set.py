"""Julia set

The Mandelbrot formula with one constant for all points. Some of them never escape: who
waits for whom?

Try: `0.4` for `-0.8`. Nearly every point escapes at once: what do lanes gain now?
"""
# parallax: size=512 show=image
import numpy as np
from numba import njit, prange

FOUR = np.float32(4)


@njit(parallel=True)
def julia(re, im, limit):
    n = re.size
    image = np.zeros((n, n), np.int32)
    cr, ci = np.float32(-0.8), np.float32(0.156)
    for row in prange(n):
        for column in range(n):
            x = re[column]
            y = im[row]
            count = 0
            while count < limit and x * x + y * y <= FOUR:
                x, y = x * x - y * y + cr, x * y + x * y + ci
                count += 1
            image[row, column] = count
    return image


def setup(n):
    re = np.linspace(-1.6, 1.6, n).astype(np.float32)
    im = np.linspace(-1.2, 1.2, n).astype(np.float32)
    return re, im, 150
