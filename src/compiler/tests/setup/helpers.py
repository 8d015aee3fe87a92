import numpy as np
from numba import njit
SCALE = 3
OFFSETS = (1, 2.5, -3)
F = np.float32(0.1)
@njit
def jitted(x, y=2):
    s = 0.0
    for i in range(x.shape[0]):
        s += x[i] * y
    return s
def fib(k):
    if k < 2:
        return k
    return fib(k - 1) + fib(k - 2)
def many(a, b=SCALE, c=1): return a * 100 + b * 10 + c
def setup(n):
    x = np.linspace(0, 1, n)
    return jitted(x), jitted(x, y=0.5), fib(12), many(1), many(1, c=5), many(c=1, a=2, b=3), SCALE * n, OFFSETS[1], F, F * 2, F + 0.1
