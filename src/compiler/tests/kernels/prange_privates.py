# What an iteration makes is its own, arrays too.
# parallax: size=16
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def medians(a):
    out = np.empty(a.size - 4, a.dtype)
    for i in prange(a.size - 4):
        window = np.empty(5, a.dtype)
        for k in range(5):
            window[k] = a[i + k]
        for p in range(5):
            for q in range(4 - p):
                if window[q] > window[q + 1]:
                    window[q], window[q + 1] = window[q + 1], window[q]
        out[i] = window[2]
    return out


def setup(n):
    return np.random.default_rng(64).integers(0, 100, n).astype(np.int16),
