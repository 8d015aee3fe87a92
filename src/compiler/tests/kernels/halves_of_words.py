# parallax: size=300
import numpy as np
from numba import njit, prange

u32 = np.uint32


@njit(parallel=True)
def products(k):
    """Products of both halves of words, and what only looks so."""
    out = np.empty((k.size, 8), np.int64)
    for i in prange(k.size):
        w = u32(k[i] * 2654435761)
        x = np.int32(np.int16(w))
        y = np.int32(w) >> 16
        out[i, 0] = x * x + y * y
        # -32768 twice does not fit 31 bits.
        out[i, 1] = np.int32(x * x + y * y)
        out[i, 2] = x * y + y * x
        odd = u32(w | u32(0x00010001))
        p = np.int32(np.int16(odd))
        q = np.int32(odd) >> 16
        out[i, 3] = p * p + q * q < 2**30
        out[i, 4] = np.int32(x * p + y * q)
        w = u32(w + 12345)
        z = np.int32(w) >> 16
        out[i, 5] = np.int32(x * x + z * z)
        # Without a sign it is another number.
        v = w >> u32(16)
        out[i, 6] = np.int32(np.int32(np.int16(w)) * np.int32(np.int16(w)) + v * v)
        out[i, 7] = p // 2 + q % 2
    return out


def setup(n):
    k = np.arange(n, dtype=np.uint32)
    k[0] = 0x80008000 * 244002641 % 2**32
    return k,
