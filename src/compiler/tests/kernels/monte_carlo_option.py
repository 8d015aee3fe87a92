# parallax: size=32
# parallax: tolerance=1e-12
import math
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def asian_call(normals, spot, strike, rate, sigma, years):
    paths, steps = normals.shape
    dt = years / steps
    drift = (rate - 0.5 * sigma ** 2) * dt
    spread = sigma * math.sqrt(dt)
    total = 0.0
    for p in prange(paths):
        s = spot
        mean = 0.0
        for k in range(steps):
            s *= math.exp(drift + spread * normals[p, k])
            mean += s
        total += max(mean / steps - strike, 0.0)
    return math.exp(-rate * years) * total / paths


def setup(n):
    return np.random.default_rng(21).standard_normal((n, 10)), 100.0, 98.0, 0.03, 0.25, 1.0
