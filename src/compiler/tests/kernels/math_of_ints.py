# A function of an int is a float64, but for what rounds.
# parallax: tolerance=2e-15
import math
import numpy as np
from numba import njit


@njit
def functions(n):
    out = np.empty((n, 4))
    k = 0
    for i in range(1, n):
        out[i, 0] = math.sqrt(i)
        out[i, 1] = math.log(np.int8(i))
        out[i, 2] = math.exp(np.uint16(i))
        out[i, 3] = np.sqrt(i)
        k += math.floor(i) + math.ceil(i)
    out[0, :] = 0
    return out, k, math.gcd(12, 18 * n)


def setup(n):
    return n,
