# Numba's operators make a uint64 of two uint32: without a cast this generator has 64 bits of state.
# parallax: size=200
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def states(chunks, per):
    out = np.empty(chunks, np.uint64)
    for c in prange(chunks):
        s = np.uint32(0x9E3779B9) * np.uint32(c + 1)
        for _ in range(per):
            s ^= s << np.uint32(13)
            s ^= s >> np.uint32(17)
            s ^= s << np.uint32(5)
        out[c] = s
    return out


def setup(n):
    return 16, n // 16
