# Within an expression of arrays Numba's operators are those of numbers, which widen; the array that comes of it has
# the type of NumPy's functions.
import numpy as np
from numba import njit


@njit
def f(u, v, i, x, out, narrow):
    alone = u + v
    named = alone // 2
    by_function = np.add(u, v) // 2
    out[:] = (u + v) // 2
    narrow[:] = (u + v) // 2
    out += u * v
    narrow += u * v
    chosen = np.where(u > 3, u + v, v) // 2
    mixed = np.where(u > 100, x, i)
    return (
        alone,
        (u + v) * 1,
        (u + v) // 2,
        named,
        by_function,
        -u + 1,
        (v - u) < 0,
        ((u + v) >> 1).sum(),
        (u + v).sum(),
        ((u + v) * x).max(),
        ((u * v) > 300).any(),
        (u + v).astype(np.uint8) // 2,
        chosen,
        mixed,
        (i * 3 - x) / 2,
        (~u & 0xFF) % 7,
        out,
        narrow,
    )


def setup(n):
    k = np.arange(n)
    u = (k * 37 % 256).astype(np.uint8)
    v = (k * 91 % 256).astype(np.uint8)
    return u, v, k.astype(np.int16) - 8, k.astype(np.float32) * np.float32(0.5), np.zeros(n), np.zeros(n, np.uint8)
