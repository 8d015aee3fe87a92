"""Spots and stripes

Two substances spread at different speeds, and one feeds on the other: Gray and Scott's
model. What do lanes gain where there is much arithmetic for each point?

Try: `200` steps for `40`, and look at the picture.
"""
# parallax: size=200 show=image
import numpy as np
from numba import njit, prange

ONE = np.float32(1)
FOUR = np.float32(4)
SPREAD_U = np.float32(0.16)
SPREAD_V = np.float32(0.08)


@njit(parallel=True)
def gray_scott(u, v, feed, kill, steps):
    u_next = u.copy()
    v_next = v.copy()
    n = u.shape[0]
    for _ in range(steps):
        for y in prange(1, n - 1):
            for x in range(1, n - 1):
                here = u[y, x]
                around = u[y - 1, x] + u[y + 1, x] + u[y, x - 1] + u[y, x + 1]
                eaten = here * v[y, x] * v[y, x]
                spread = SPREAD_U * (around - FOUR * here)
                u_next[y, x] = here + spread + feed * (ONE - here) - eaten
                here = v[y, x]
                around = v[y - 1, x] + v[y + 1, x] + v[y, x - 1] + v[y, x + 1]
                spread = SPREAD_V * (around - FOUR * here)
                v_next[y, x] = here + spread - (feed + kill) * here + eaten
        u, u_next = u_next, u
        v, v_next = v_next, v
    return v


def setup(n):
    u = np.ones((n, n), np.float32)
    v = np.random.default_rng(25).random((n, n), dtype=np.float32)
    v *= np.float32(0.1)
    begin, end = n // 2 - 10, n // 2 + 10
    u[begin:end, begin:end] = 0.5
    v[begin:end, begin:end] = 0.25
    return u, v, np.float32(0.035), np.float32(0.065), 40
