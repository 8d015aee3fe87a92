"""Saxpy

One multiplication and one addition for twelve bytes of memory: does a second thread, or a GPU, make it faster?

Try: put `np.sqrt(x[i])` in the place of `x[i]`. Now there is more to do for each byte.
"""
# parallax: size=1000000 show=line
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def saxpy(a, x, y):
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = a * x[i] + y[i]
    return out


def setup(n):
    rng = np.random.default_rng(1)
    x = rng.random(n).astype(np.float32)
    y = rng.random(n).astype(np.float32)
    return np.float32(2.5), x, y
