# parallax: size=12
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def gray_scott(u, v, steps, feed, kill):
    n = u.shape[0]
    u2 = np.empty_like(u)
    v2 = np.empty_like(v)
    for _ in range(steps):
        for y in prange(n):
            up = (y + n - 1) % n
            down = (y + 1) % n
            for x in range(n):
                left = (x + n - 1) % n
                right = (x + 1) % n
                lu = u[up, x] + u[down, x] + u[y, left] + u[y, right] - 4 * u[y, x]
                lv = v[up, x] + v[down, x] + v[y, left] + v[y, right] - 4 * v[y, x]
                reaction = u[y, x] * v[y, x] * v[y, x]
                u2[y, x] = u[y, x] + 0.16 * lu - reaction + feed * (1 - u[y, x])
                v2[y, x] = v[y, x] + 0.08 * lv + reaction - (feed + kill) * v[y, x]
        u, u2 = u2, u
        v, v2 = v2, v
    return u, v


def setup(n):
    u = np.ones((n, n))
    v = np.zeros((n, n))
    u[4:8, 4:8] = 0.5
    v[4:8, 4:8] = 0.25
    return u, v, 8, 0.035, 0.065
