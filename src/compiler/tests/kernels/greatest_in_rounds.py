# parallax: size=19
import numpy as np
from numba import njit, prange


# Rounds that look for the greatest and the least at once, and zeros of either sign, of which the first counts.
@njit(parallel=True)
def looks(a, w):
    n = a.shape[0]
    most = np.zeros(n, np.float32)
    least = np.zeros(n)
    whole = np.zeros(n, np.int64)
    zero = np.zeros(n)
    for p in prange(n):
        m = np.float32(-1)
        for j in range(16):
            y = np.float32(j) * a[p, j]
            for i in range(24):
                x = np.float32(i) * np.float32(0.25)
                m = max(m, (x * x - y) / (np.float32(1) + x))
        most[p] = m
        s = 1e300
        for j in range(4, 12):
            for i in range(21):
                s = min(s, w[i] * (j + p) - a[p, j])
        least[p] = s
        k = -9
        for j in range(20):
            for i in range(40):
                k = max(k, (i * 37 + j * 11 + p) % 101)
        whole[p] = k
        z = -1.0
        for j in range(8):
            for i in range(30):
                z = max(z, -0.0 * w[i % 21] * ((j + p) % 3 - 1))
        zero[p] = z
    return most, least, whole, zero


def setup(n):
    r = np.random.default_rng(5)
    return r.standard_normal((n, 20)).astype(np.float32), r.random(21)
