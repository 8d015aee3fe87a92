# parallax: size=30
import numpy as np
from numba import njit


@njit
def advect(u, speed, steps):
    for _ in range(steps):
        u[1:] = u[1:] - speed * (u[1:] - u[:-1])
    return u


def setup(n):
    u = np.zeros(n)
    u[5:10] = 1.0
    return u, 0.5, 6
