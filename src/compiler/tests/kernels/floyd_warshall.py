# parallax: size=12
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def floyd_warshall(d):
    n = d.shape[0]
    for k in range(n):
        for i in prange(n):
            if i != k:
                via = d[i, k]
                for j in range(n):
                    if via + d[k, j] < d[i, j]:
                        d[i, j] = via + d[k, j]
    return d


def setup(n):
    return np.random.default_rng(11).integers(1, 100, (n, n)).astype(np.int32),
