# parallax: size=4
import numpy as np
from numba import njit


@njit
def f(a, b, m):
    s = 0
    first = a
    for x in a:
        s = (s * 2 + x) % 9973
        a = b
    for i, x in enumerate(first):
        s = (s * 3 + x * i) % 9973
        first = m[0]
    c = b
    for x, y in zip(b, c):
        s = (s * 3 + x * y) % 9973
        b = m[1]
        c = m[2]
    rows = m
    for row in rows:
        s += row[1]
        rows = rows[1:]
        row[1] += 1
    y = 2
    for v in (1, y, 4):
        s = (s * 10 + v) % 9973
        y = y + 7
    for v in (m[0, 0], m[0, 1], m[0, 2]):
        s = (s * 10 + v) % 9973
        m[0, 2] = 9
    for v, w in zip((1, 2, 3), (y, y, y)):
        s = (s * 10 + w) % 9973
        y += 1
    p = m[0]
    q = m[1]
    for v in (p, q):
        s = (s * 10 + v[0]) % 9973
        q = p
    k = 0
    for i in range(p.size):
        k += i
        p = p[1:]
        if p.size > 2:
            k += 100
    n = 0
    d = m.ravel()
    while d.size > 1:
        d, size = d[1:], len(d)
        n = n * 10 + size
    return n, s, a, first, b, c, rows.shape[0], y, q, k, m


def setup(n):
    return np.arange(n), np.arange(9) * 2, np.arange(12).reshape(3, 4)
