"""Histogram

Many bytes are counted in 256 bins. If two threads add to the same bin at once, one
count is lost: how do chunks with bins of their own mend that?

Try: write `counts[0, x[i]]` for `counts[chunk, x[i]]`. Which rows are still right?
"""
# parallax: size=500000 show=line
import numpy as np
from numba import njit, prange

CHUNKS = 64


@njit(parallel=True)
def histogram(x):
    counts = np.zeros((CHUNKS, 256), np.int32)
    for chunk in prange(CHUNKS):
        begin = chunk * x.size // CHUNKS
        end = (chunk + 1) * x.size // CHUNKS
        for i in range(begin, end):
            counts[chunk, x[i]] += 1
    total = np.zeros(256, np.int32)
    for value in prange(256):
        for chunk in range(CHUNKS):
            total[value] += counts[chunk, value]
    return total


def setup(n):
    return np.random.default_rng(6).integers(0, 256, n, dtype=np.uint8)
