"""Arc distances

How far is it from one city to every other, over a round Earth? Sine, cosine and square
root for each pair: what does a row of the table cost?

Try: `half` for `math.asin(half)`, nearly right for near cities. What share of the time
was it, and for whom?
"""
# parallax: size=700 show=image tolerance=2e-6
import math
import numpy as np
from numba import njit, prange

HALF = np.float32(0.5)
ONE = np.float32(1)
TWO = np.float32(2)
RADIUS = np.float32(6371)


@njit(parallel=True)
def arc_distances(latitude, longitude):
    n = latitude.size
    out = np.empty((n, n), np.float32)
    for i in prange(n):
        for j in range(n):
            a = math.sin((latitude[i] - latitude[j]) * HALF)
            b = math.sin((longitude[i] - longitude[j]) * HALF)
            across = math.cos(latitude[i]) * math.cos(latitude[j])
            half = min(ONE, math.sqrt(a * a + across * b * b))
            out[i, j] = TWO * RADIUS * math.asin(half)
    return out


def setup(n):
    rng = np.random.default_rng(5)
    latitude = np.sort(rng.uniform(0.6, 1.1, n)).astype(np.float32)
    longitude = rng.uniform(-0.2, 0.6, n).astype(np.float32)
    return latitude, longitude
