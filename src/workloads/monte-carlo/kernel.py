import numpy as np
from numba import njit, prange

u32 = np.uint32

# Numba makes 64 bits of what 32-bit integers add up or multiply to: each result is cut back.
@njit
def spread(v):
    return u32(u32(v) * u32(1664525) + u32(1013904223))

@njit
def words(counter, seed_low, seed_high):
    """pcg4d: four random words of a counter and a seed."""
    x = spread(counter)
    y = spread(0x64617274)
    z = spread(seed_low)
    w = spread(seed_high)
    x = u32(x + y * w)
    y = u32(y + z * x)
    z = u32(z + x * y)
    w = u32(w + y * z)
    x = u32(x ^ (x >> u32(16)))
    y = u32(y ^ (y >> u32(16)))
    z = u32(z ^ (z >> u32(16)))
    w = u32(w ^ (w >> u32(16)))
    x = u32(x + y * w)
    y = u32(y + z * x)
    z = u32(z + x * y)
    w = u32(w + y * z)
    return x, y, z, w

@njit(parallel=True)
def hits(n, seed_low, seed_high):
    total = 0
    for counter in prange(n // 4):
        for word in words(counter, seed_low, seed_high):
            x = np.int64(np.int16(word | u32(1)))
            y = np.int64(np.int16((word >> u32(16)) | u32(1)))
            if x * x + y * y < 2**30:
                total += 1
    return total
