import numpy as np
from numba import njit, prange

u32 = np.uint32
BLOCK = 4096


# Numba makes 64 bits of what 32-bit integers add up or multiply to: each result is cut back.
@njit
def spread(v):
    return u32(u32(v) * u32(1664525) + u32(1013904223))


@njit
def words(counter, low, high):
    """pcg4d: four random words of a counter and a seed."""
    x = spread(counter)
    y = spread(0x64617274)
    z = spread(low)
    w = spread(high)
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


@njit
def hit(word):
    """Whether a dart is within the circle: both halves of the word are odd coordinates, with a sign."""
    word = u32(word | u32(0x00010001))
    x = np.int32(np.int16(word))
    y = np.int32(word) >> 16
    # Squares of odd numbers and their sum fit into 31 bits, as every processor has them.
    return x * x + y * y < 2**30


@njit(parallel=True)
def hits(n, low, high):
    """Hits of all n darts, then of every 4,096. Dart i is word i mod 4 of counter i / 4."""
    blocks = (n + BLOCK - 1) // BLOCK
    counts = np.empty(1 + blocks, np.uint32)
    total = 0
    for block in prange(blocks):
        count = u32(0)
        for dart in range(block * BLOCK, min(block * BLOCK + BLOCK, n), 4):
            x, y, z, w = words(dart // 4, low, high)
            count = u32(count + hit(x))
            if dart + 1 < n:
                count = u32(count + hit(y))
            if dart + 2 < n:
                count = u32(count + hit(z))
            if dart + 3 < n:
                count = u32(count + hit(w))
        counts[1 + block] = count
        total += count
    counts[0] = total
    return counts


def setup(n):
    return n, u32(1), u32(0)
