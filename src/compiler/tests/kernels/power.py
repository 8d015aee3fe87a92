# Whole exponents multiply in Numba where they are literals.
# parallax: tolerance=2e-15
import numpy as np
from numba import njit


@njit
def powers(x, k):
    out = np.empty((x.size, 7))
    for i in range(x.size):
        out[i, 0] = x[i] ** 2
        out[i, 1] = x[i] ** 3
        out[i, 2] = x[i] ** -2
        out[i, 3] = x[i] ** 0.5
        out[i, 4] = x[i] ** k
        out[i, 5] = pow(x[i], 1.5)
        out[i, 6] = 2 ** x[i]
    return out, k ** 2, k ** k, 3 ** k, (-2) ** 3


def setup(n):
    return np.linspace(0.25, 3, n), 5
