# parallax: size=24
import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def mandelbrot(width, height, most):
    steps = np.empty((height, width), np.uint32)
    for y in prange(height):
        ci = f32(-1.25) + f32(y) * f32(2.5 / height)
        for x in range(width):
            cr = f32(-2.0) + f32(x) * f32(2.5 / width)
            zr = f32(0)
            zi = f32(0)
            n = 0
            while n < most:
                zr2 = zr * zr
                zi2 = zi * zi
                if zr2 + zi2 > f32(4):
                    break
                zi = f32(2) * zr * zi + ci
                zr = zr2 - zi2 + cr
                n += 1
            steps[y, x] = n
    return steps


def setup(n):
    return n, n, 100
