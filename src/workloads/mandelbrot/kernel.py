import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def mandelbrot(n):
    """Steps that each pixel's orbit stays bounded, at most 256."""
    out = np.empty((n, n), np.uint32)
    step = f32(2.5 / n)
    for y in prange(n):
        ci = f32(-1.25) + f32(y) * step
        for x in range(n):
            cr = f32(-2.0) + f32(x) * step
            zr = f32(0)
            zi = f32(0)
            steps = 0
            while steps < 256:
                zr2 = zr * zr
                zi2 = zi * zi
                if zr2 + zi2 > f32(4):
                    break
                zi = f32(2) * zr * zi + ci
                zr = zr2 - zi2 + cr
                steps += 1
            out[y, x] = steps
    return out


def setup(n):
    return n
