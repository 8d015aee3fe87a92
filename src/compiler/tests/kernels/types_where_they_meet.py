"""A variable has at each place the type of the definitions that meet there, not the widest that it ever has."""
# parallax: size=40
import numpy as np
from numba import njit, prange


@njit
def before_and_behind(a, i):
    at = i * 3
    kept = at
    bits = at & 6
    if a[i] > 4:
        at = a[i] / 3
    return at + bits, kept << 1


@njit
def great(start):
    # float64 does not hold it.
    x = start + 1
    y = x // 3
    if start < 0:
        x = 0.5
    return y, x


@njit
def layouts(a):
    flat = a
    first = flat.reshape(a.size)[3]
    if a.size > 5:
        flat = a[:, ::2]
    total = 0.0
    for row in flat:
        for one in row:
            total += one
    return first + total


@njit(parallel=True)
def counted(a):
    # An int64 while it is reduced, a float64 behind.
    count = 9007199254740993
    for i in prange(a.size):
        if a[i] > 2:
            count += 2
    exact = count & 1023
    if a[0] > 100:
        count = 0.25
    return exact, count


@njit
def in_rounds(a, n):
    out = np.zeros(n)
    step = 1
    for i in range(n):
        seen = step | 1
        out[i] = seen
        step = seen + 1
        if i % 4 == 3:
            out[i] += step & 3
            step = 2
    if n > 3:
        step = 0.5
    return out, step


@njit
def pairs(a, n):
    pair = (n, n + 1)
    at = pair[0] & 3
    if n > 10:
        pair = (0.5, a[0])
    return at, pair[0], pair[1]


@njit
def counter(n):
    last = 0
    for i in range(n):
        last += i & 3
        if i == 9:
            i = 0.5
            last += int(i * 4)
    return last


@njit
def f(a, table, n):
    out = np.zeros((4, n))
    for i in range(n):
        out[0, i], out[1, i] = before_and_behind(a, i)
    y, x = great(2**60)
    exact, count = counted(a)
    rounds, step = in_rounds(a, n)
    out[2] = rounds
    out[3, 0] = layouts(table)
    out[3, 1] = step
    out[3, 2], out[3, 3], out[3, 4] = pairs(a, n)
    out[3, 5] = counter(n)
    return out, y, x, exact, count


def setup(n):
    a = np.arange(n) * 0.37
    return a, np.arange(12.0).reshape(3, 4), n
