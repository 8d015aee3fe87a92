# parallax: size=150
import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def sweeps_together(u, speed):
    h, w = u.shape
    a = u.copy()
    b = u.copy()
    for _ in range(7):
        for y in prange(1, h - 1):
            for x in range(1, w - 1):
                b[y, x] = f32(.25) * (a[y - 1, x] + a[y + 1, x] + a[y, x - 1] + a[y, x + 1])
        a, b = b, a
    # Three arrays that change places, a fourth that stays, and a number that depends on the round.
    old = u.copy()
    now = u.copy()
    new = np.zeros_like(u)
    for t in range(9):
        push = f32(.1) * f32(t)
        for y in prange(1, h - 1):
            for x in range(1, w - 1):
                around = now[y - 1, x] + now[y + 1, x] + now[y, x - 1] + now[y, x + 1]
                new[y, x] = f32(2) * now[y, x] - old[y, x] + speed[h - 1 - y, x] * (around - f32(4) * now[y, x]) + push
        old, now, new = now, new, old
    # Two sweeps a round, that reach two rows up and one down, over different rows.
    c = u.copy()
    d = u.copy()
    for t in range(5):
        for y in prange(2, h - 1):
            for x in range(w):
                d[y, x] = f32(.5) * (c[y - 2, x] + c[y + 1, x])
        for y in prange(0, h - 3):
            for x in range(w):
                if d[y + 1, x] > f32(.5):
                    c[y, x] = d[y, x] * f32(.5) + c[y, x] * f32(.25)
                else:
                    c[y, x] = d[y + 2, x]
    # Two halves of one array do not meet.
    halves = np.zeros((2, h, w), f32)
    f = halves[0]
    g = halves[1]
    f[:] = u
    for _ in range(8):
        for y in prange(1, h - 1):
            for x in range(w):
                g[y, x] = f[y - 1, x] * f32(.5) + f[y + 1, x] * f32(.25)
        f, g = g, f
    return a, b, old, now, new, c, d, halves


def setup(n):
    rng = np.random.default_rng(4)
    u = rng.random((n, n - 100), dtype=f32)
    return u, rng.random((n, n - 100), dtype=f32) * f32(.1)
