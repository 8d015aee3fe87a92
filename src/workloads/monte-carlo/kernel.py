import numpy as np
from numba import njit, prange

u32 = np.uint32

@njit
def words(counter, seed_low, seed_high):
    """pcg4d: four random words of a counter and a seed."""
    a = u32(1664525)
    c = u32(1013904223)
    x = u32(counter) * a + c
    y = u32(0x64617274) * a + c
    z = u32(seed_low) * a + c
    w = u32(seed_high) * a + c
    x += y * w
    y += z * x
    z += x * y
    w += y * z
    x ^= x >> u32(16)
    y ^= y >> u32(16)
    z ^= z >> u32(16)
    w ^= w >> u32(16)
    x += y * w
    y += z * x
    z += x * y
    w += y * z
    return x, y, z, w

@njit(parallel=True)
def hits(n, seed_low, seed_high):
    total = 0
    for counter in prange(n // 4):
        for word in words(counter, seed_low, seed_high):
            x = np.int32(np.int16(word | u32(1)))
            y = np.int32(np.int16((word >> u32(16)) | u32(1)))
            if x * x + y * y < 2**30:
                total += 1
    return total
