# Signed and unsigned integers are compared by their values.
import numpy as np
from numba import njit


@njit
def compare(s, u):
    out = np.zeros((s.size, u.size), np.uint8)
    for i in range(s.size):
        for j in range(u.size):
            out[i, j] = (s[i] < u[j]) + 2 * (s[i] == u[j]) + 4 * (s[i] >= u[j]) + 8 * (s[i] != u[j])
    return out


def setup(n):
    s = np.arange(-3, 5)
    u = np.zeros(5, np.uint64)
    u[1] = 1
    u[2] = 4
    u[3] = 2**63
    u[4] = 2**64 - 1
    return s, u
