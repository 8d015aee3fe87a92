import numpy as np
from numba import njit


# No float32 is above zero and at most the last of these: what is compared with them is compared with the least one.
@njit
def halve(n):
    out = np.empty(n, np.float32)
    found = np.empty((n, 4), np.bool_)
    x = np.float32(1e-36)
    for i in range(n):
        x = x * np.float32(0.5)
        out[i] = x
        found[i, 0] = x < 1e-40
        found[i, 1] = -x >= -1e-43
        found[i, 2] = x - x < 1e-50
        found[i, 3] = x <= -1e-50
    return out, found


def setup(n):
    return 40,
