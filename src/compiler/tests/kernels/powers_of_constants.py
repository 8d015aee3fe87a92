"""Powers whose exponents are known: whole ones below zero of integers, and those that one operation has."""
# parallax: size=20
import numpy as np
from numba import njit


@njit
def powers(a, u, narrow, x, y, mask, n):
    # 1 over a whole number, rounded to zero: 1, -1 or 0.
    whole = a[0] ** -1, a[1] ** -1, a[2] ** -1, a[1] ** -2, a[1] ** -3, u[0] ** -1, u[1] ** -1, narrow[1] ** -3, n ** -2
    each = np.power(a, -1), a ** -2
    roots = x ** 0.5, y ** 0.5
    others = x ** 2.0, x ** 1.0, x ** -1.0, y ** 2.0, y ** 1.0, y ** -1.0
    # Of bools the least and greatest are bools, their negatives int8.
    flags = mask.min(), mask.max(), np.min(mask), (a > 2).max(), (a < -9).max(), -mask, np.negative(mask)
    return whole, each, roots, others, flags


def setup(n):
    edges = [0.0, -0.0, np.inf, -np.inf, 2.0, -2.0, 1e-15, 1e15, 3.0]
    x, y = np.array(edges), np.array(edges, np.float32)
    mask = np.array([True, False, True])
    return np.array([1, -1, 5, -7, 2]), np.array([3, 1], np.uint64), np.array([3, -1], np.int8), x, y, mask, n
