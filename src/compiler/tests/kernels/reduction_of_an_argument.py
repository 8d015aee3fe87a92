"""A reduction that begins with an argument, and with a number that 32 bits hold."""
# parallax: size=300
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def f(n, chunks, start):
    per = n // chunks
    total = n
    greatest = per
    least = start
    for c in prange(chunks):
        hits = 0
        for i in range(per):
            if (i * 7 + c) % 3 == 0:
                hits += 1
        total += hits
        greatest = max(greatest, hits * c)
        least = min(least, hits - c)
    return total, greatest, least


def setup(n):
    return n, 16, 5
