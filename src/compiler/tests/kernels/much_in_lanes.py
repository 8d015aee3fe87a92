# parallax: size=43
# parallax: tolerance=1e-12
import math
import numpy as np
from numba import njit, prange


# Much code for each iteration, and three iterations more than whole vectors: of stores, of sums in floats and integers.
@njit(parallel=True)
def much(x, out):
    total = 0.0
    most = -np.inf
    hits = 0
    for i in prange(x.size):
        y = math.erf(x[i]) * math.exp(-x[i]) + math.sin(x[i] * 3.0)
        z = math.log(abs(y) + 1.0) / (1.0 + x[i] * x[i])
        if y > 0.25:
            z = math.cos(z) - math.tanh(y)
        out[i] = y - z
        total += z * y
        most = max(most, y)
        hits += z > y
    return total, most, hits


@njit(parallel=True)
def entry(x):
    out = np.zeros_like(x)
    total, most, hits = much(x, out)
    few, least, none = much(x[:5], out[:5])
    return out, total, most, hits, few, least, none


def setup(n):
    rng = np.random.default_rng(11)
    return rng.uniform(-2.0, 2.0, n)
