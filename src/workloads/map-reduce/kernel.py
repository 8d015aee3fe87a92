import numpy as np
from numba import njit, prange

f32 = np.float32
TILE = 16


@njit
def cosine(r):
    """cos(r) for r from 0 to 18, off by at most 1e-7."""
    k = np.floor(r * f32(0.31830987) + f32(0.5))
    # Pi in two parts; the first has few bits, so that its multiples are exact.
    f = (r - k * f32(3.1415405)) - k * f32(5.2126245e-5)
    y = f * f
    p = f32(2.3193606e-5) * y - f32(0.0013855895)
    p = p * y + f32(0.041663986)
    p = p * y - f32(0.4999993)
    p = p * y + f32(1)
    return -p if np.int32(k) & 1 else p


@njit(parallel=True)
def greatest(n):
    """The greatest of cos(r) / (1 + r), r = x^2 + y^2: of all points, then of each tile."""
    side = (n + TILE - 1) // TILE
    step = f32(6.0 / max(n - 1, 1))
    out = np.empty(1 + side * side, np.float32)
    best = f32(-1)
    for row in prange(side):
        for column in range(side):
            most = f32(-1)
            for j in range(TILE):
                # Past the edge the last point again, which changes no greatest value.
                y = f32(min(row * TILE + j, n - 1)) * step - f32(3)
                for i in range(TILE):
                    x = f32(min(column * TILE + i, n - 1)) * step - f32(3)
                    r = x * x + y * y
                    most = max(most, cosine(r) / (f32(1) + r))
            out[1 + row * side + column] = most
            best = max(best, most)
    out[0] = best
    return out


def setup(n):
    return n
