# parallax: size=40
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def classify(x, y):
    out = np.zeros(x.size, np.int8)
    for i in prange(x.size):
        if x[i] > 0.5:
            if y[i] > 0.5:
                out[i] = 1
            else:
                out[i] = 2
                continue
            out[i] += 10
        elif x[i] > 0.25 and y[i] < 0.75:
            out[i] = 3
        else:
            k = 0
            for j in range(i):
                if j * j > i:
                    break
                k += j
            out[i] = k
    return out


def setup(n):
    r = np.random.default_rng(68)
    return r.random(n), r.random(n)
