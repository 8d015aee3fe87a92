# What comes first is worked out first, whatever the next one changes.
# parallax: size=4
import numpy as np
from numba import njit


@njit
def bump(a):
    a[0] += 10
    return 1


@njit
def add_one(a, i):
    a[i] += 1
    return a[i]


@njit
def g(x, k):
    return x.sum() + k


@njit
def three(x, y, z=3):
    return x * 100 + y * 10 + z


@njit
def f(a, b, m, c):
    t = (a * 2, bump(a))
    s = g(a * 2, bump(a))
    m[bump(a)] = a * 2
    u = (a + 1)[bump(a)] + a[0]
    v = np.where(a > 10, a, 0).sum() + bump(a) * 1000
    w = (a * 2).sum() + bump(a), (a + a).max() * bump(a)
    row = m[b[0]] + bump(b) + m[b[1], ::-1] * m[add_one(b, 1)]
    pair = (m[b[1]], add_one(b, 1))
    b[:] = 0
    q = three(add_one(b, 0), z=b[0], y=add_one(b, 0))
    r = three(z=add_one(b, 0), y=add_one(b, 0), x=add_one(b, 0))
    chained = 0
    if 5 < b[1] < add_one(b, 2):
        chained = 1
    if 0 <= b[1] < add_one(b, 1) < add_one(b, 2) != 5:
        chained += 10
    if not 0 <= add_one(b, 3) < 1 < add_one(b, 3):
        chained += 100
    for i in range(-2, 6):
        if 0 <= i < 4 and 0 < i < 3 < c[i] + 3 < 100:
            chained += 1000 * c[i]
        if 0 <= i < 4 > c[i] >= 0:
            chained += 100000
    return t[0], s, m, u, v, w, row, pair[0], q, r, chained, a, b


def setup(n):
    return np.arange(n), np.zeros(n, np.int64), np.arange(3 * n).reshape(3, n), np.arange(n)
