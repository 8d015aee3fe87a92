# Everything that stands in files beside kernels, and what kernels see of it.
import math
import time

import numpy as np
from numba import njit, prange, vectorize

try:
    import cupy
except ImportError:
    cupy = None

INF = float("inf")
ROOT = np.sqrt(2)
ROOT32 = np.sqrt(np.float32(2))
EPS = np.finfo(np.float32).eps
MOST = np.iinfo(np.int32).max
TABLE = (1, 2.5) * 2
COUNT = len(TABLE) + 1
COUNT = COUNT * 2
IS_WIDE = COUNT > 5 and not COUNT == 7
if IS_WIDE:
    SCALE = 3
else:
    SCALE = 0.5
WEIGHT = 1.5 if SCALE < 2 else 4
K = 5
started = time.perf_counter()
points = np.arange(10) * 0.5
with np.errstate(all="ignore"):
    ratios = points / points


class Box:
    pass


@vectorize
def unused(x):
    return x + 1


@njit
def scaled(x, k=K, shift=-ROOT):
    return x * k + shift


K = 7


@njit(parallel=True)
def f(x):
    out = np.empty(x.size)
    for i in prange(x.size):
        out[i] = scaled(x[i]) * SCALE + TABLE[1] + WEIGHT
    return out, INF, ROOT, ROOT32, EPS, MOST, TABLE, COUNT, IS_WIDE, SCALE, WEIGHT, K, np.euler_gamma


def setup(n):
    return None


def setup(n, k=COUNT):
    return (np.arange(n) * 0.25 + k,)


warm = f(*setup(4))
for _ in range(2):
    warm = f(*setup(4))
print(time.perf_counter() - started > 0)
