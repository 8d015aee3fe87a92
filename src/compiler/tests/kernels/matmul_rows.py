# parallax: size=22
import numpy as np
from numba import njit, prange


# Rows that come by fours, by twos and as what is left; more rounds than are done at once, and other statements between them.
@njit(parallel=True)
def rows(a, b, d, w, m):
    n = a.shape[0]
    c = np.zeros((n, d.shape[1]), np.float64)
    e = np.zeros((n, d.shape[1]), np.float32)
    s = np.zeros((n, d.shape[1]), np.int32)
    for i in prange(n):
        for j in range(d.shape[1]):
            c[i, j] = w[j] * i
        for k in range(a.shape[1]):
            for j in range(d.shape[1]):
                t = b[k, j] - d[k, j]
                c[i, j] += a[i, k] * t + w[j] * t
        for k in range(1, 5):
            for j in range(1, d.shape[1]):
                e[i, j] = e[i, j] * np.float32(0.5) + (d[k, j] if a[i, k] > np.float32(0.5) else b[k, j])
        for k in range(b.shape[0] - m, b.shape[0]):
            for j in range(d.shape[1] - 1):
                s[i, j] += np.int32(k ^ i) * j
                e[i, j] -= a[i, k] * b[k, j + 1]
        for j in range(d.shape[1]):
            c[i, j] += e[i, j]
    p = np.zeros((n - 1, d.shape[1]), np.float32)
    for i in prange(1, n):
        for k in range(a.shape[1]):
            for j in range(d.shape[1]):
                p[i - 1, j] += a[i, k] * b[k, j]
    return c, e, s, p


def setup(n):
    r = np.random.default_rng(3)
    a = r.standard_normal((n, n + 49)).astype(np.float32)
    b = r.standard_normal((n + 49, n + 1)).astype(np.float32)
    d = r.standard_normal((n + 49, n + 1)).astype(np.float32)
    return a, b, d, r.standard_normal(n + 1), n
