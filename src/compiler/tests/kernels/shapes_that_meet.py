# parallax: size=11
import numpy as np
from numba import njit

f32 = np.float32


@njit
def shapes(a, p):
    # Which of two shapes they have is not known before. (Numba confuses them in parallel=True.)
    w = np.zeros((6, 3), f32)
    if a[0, 0] > 0.5:
        w = np.ones((6, 7), f32)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            w[i, j] += f32(i * 10 + j)
    first = np.zeros(a.shape, f32)
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            first[i, j] = a[i - 1, j] + f32(3) * a[i + 1, j + 1] - a[i, j - 1]
    if a[0, 1] > 0.5:
        a = w
    n, m = a.shape
    out = np.zeros((n, m), f32)
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            out[i, j] = a[i - 1, j] + f32(3) * a[i + 1, j + 1] - a[i, j - 1]
    deep = np.zeros((3, 5, 7), np.int64)
    for i in range(3):
        for j in range(5):
            for k in range(7):
                deep[i, j, 6 - k] = i * 100 + j * 10 + k
    found = np.zeros(p.size, np.int64)
    for i in range(p.size):
        found[i] = deep[p[i] % 3, p[i] % 5, i % 7] - deep[2 - p[i] % 3, 2, 1]
    return w, first, out, deep, found


def setup(n):
    a = np.arange(n * (n + 3)).astype(f32).reshape(n, n + 3)
    a[0, :2] = 0.75
    return a, np.arange(4 * n)[::-1].copy()
