# parallax: size=20
import numpy as np
from numba import njit


@njit
def slope(x, y):
    return y, -x - 0.1 * y


@njit
def oscillator(steps, dt):
    out = np.zeros((steps, 2))
    x, y = 1.0, 0.0
    for i in range(steps):
        k1x, k1y = slope(x, y)
        k2x, k2y = slope(x + dt / 2 * k1x, y + dt / 2 * k1y)
        k3x, k3y = slope(x + dt / 2 * k2x, y + dt / 2 * k2y)
        k4x, k4y = slope(x + dt * k3x, y + dt * k3y)
        x += dt / 6 * (k1x + 2 * k2x + 2 * k3x + k4x)
        y += dt / 6 * (k1y + 2 * k2y + 2 * k3y + k4y)
        out[i, 0] = x
        out[i, 1] = y
    return out


def setup(n):
    return n, 0.1
