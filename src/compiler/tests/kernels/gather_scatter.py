# parallax: size=30
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def permute(table, index):
    out = np.empty(index.size, table.dtype)
    for i in prange(index.size):
        out[index.size - 1 - i] = table[index[i]] + table[-1 - index[i]]
    return out


def setup(n):
    r = np.random.default_rng(70)
    return r.random(20, dtype=np.float32), r.integers(0, 20, n, dtype=np.int32)
