"""Spots and stripes

Two substances spread at different speeds, and one feeds on the other: Gray and Scott's
model. What do lanes gain where there is much arithmetic for each point?

Try: `200` steps for `40`, and look at the picture.
"""
# parallax: size=200 show=image tolerance=1e-4
import numpy as np
from numba import njit, prange

ONE = np.float32(1)
FOUR = np.float32(4)
SPREAD_U = np.float32(0.16)
SPREAD_V = np.float32(0.08)


@njit
def laplacian(a, y, x):
    around = a[y - 1, x] + a[y + 1, x] + a[y, x - 1] + a[y, x + 1]
    return around - FOUR * a[y, x]


@njit(parallel=True)
def gray_scott(u, v, feed, kill, steps):
    u_next = u.copy()
    v_next = v.copy()
    n = u.shape[0]
    for _ in range(steps):
        for y in prange(1, n - 1):
            for x in range(1, n - 1):
                eaten = u[y, x] * v[y, x] * v[y, x]
                gain = SPREAD_U * laplacian(u, y, x) + feed * (ONE - u[y, x])
                loss = SPREAD_V * laplacian(v, y, x) - (feed + kill) * v[y, x]
                u_next[y, x] = u[y, x] + gain - eaten
                v_next[y, x] = v[y, x] + loss + eaten
        u, u_next = u_next, u
        v, v_next = v_next, v
    return v


def setup(n):
    u = np.ones((n, n), np.float32)
    v = np.zeros((n, n), np.float32)
    begin, end = n // 2 - 10, n // 2 + 10
    u[begin:end, begin:end] = 0.5
    v[begin:end, begin:end] = 0.25
    return u, v, np.float32(0.035), np.float32(0.065), 40
