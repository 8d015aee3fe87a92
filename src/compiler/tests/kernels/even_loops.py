# parallax: size=45
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def even_loops(n, out, hits):
    """Loops of as many rounds in each iteration, wherever they begin."""
    for k in prange(n):
        s = 0
        for i in range(k * 32, k * 32 + 32):
            s += i * i % 7
        for i in range(k * 32 - 5, k * 32 - 5 + 30, 4):
            s ^= i
        # Left by some earlier than by others, and read behind.
        last = -1
        for i in range(k * 20 - 10, k * 20 - 10 + 20):
            last = i
            if i % 11 == k % 7:
                break
            s += 3
        # Gone through by some only.
        if k % 3 == 1:
            for i in range(700 - k * 8, 700 - k * 8 + 24):
                if i & k:
                    continue
                s += i
        out[k] = s + last
        # By fours, to the very end.
        count = np.uint32(0)
        for i in range(k * 24, min(k * 24 + 24, 24 * n - 4), 4):
            if i + 3 < 24 * n - 4:
                count = np.uint32(count + (i % 5 < 2))
        hits[k] = count


def setup(n):
    return n, np.zeros(n, np.int64), np.zeros(n, np.uint32)
