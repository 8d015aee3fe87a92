# Every integer type is an index, a truth value too.
import numpy as np
from numba import njit


@njit
def gather(a, i8, u8, i32, u64):
    out = np.empty(i8.size, np.int64)
    for k in range(i8.size):
        out[k] = a[i8[k]] + a[u8[k]] * 100 + a[i32[k]] * 10000 + a[u64[k]] * 1000000
    out[0] += a[int(True)]
    return out


def setup(n):
    r = np.random.default_rng(46)
    a = np.arange(10, 30)
    return (a, r.integers(-10, 10, n, dtype=np.int8), r.integers(0, 20, n, dtype=np.uint8),
            r.integers(-20, 20, n, dtype=np.int32), r.integers(0, 20, n, dtype=np.uint64))
