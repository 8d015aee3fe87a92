"""Mandelbrot set

How many steps until each point escapes? Neighbours take different numbers of them, so
what do the lanes of a vector do meanwhile?

Try: give `limit` a tenth of its value. Which back end gains least?
"""
# parallax: size=512 show=image
import numpy as np
from numba import njit, prange

TWO = np.float32(2)
FOUR = np.float32(4)


@njit
def escape(cr, ci, limit):
    zr = np.float32(0)
    zi = np.float32(0)
    for step in range(limit):
        zr2 = zr * zr
        zi2 = zi * zi
        if zr2 + zi2 > FOUR:
            return step
        zi = TWO * zr * zi + ci
        zr = zr2 - zi2 + cr
    return limit


@njit(parallel=True)
def mandelbrot(n, limit):
    steps = np.empty((n, n), np.int32)
    pixel = np.float32(2.5 / n)
    for y in prange(n):
        ci = np.float32(y) * pixel - np.float32(1.25)
        for x in range(n):
            cr = np.float32(x) * pixel - np.float32(2)
            steps[y, x] = escape(cr, ci, limit)
    return steps


def setup(n):
    return n, 100
