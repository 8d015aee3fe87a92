# parallax: size=120
import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def kmeans(x, c0):
    n, d = x.shape
    k = c0.shape[0]
    c = c0.copy()
    lab = np.empty(n, np.int32)
    for _ in range(5):
        for i in prange(n):
            best = f32(1e30)
            bi = 0
            for j in range(k):
                s = f32(0)
                for q in range(d):
                    t = x[i, q] - c[j, q]
                    s += t * t
                if s < best:
                    best = s
                    bi = j
            lab[i] = bi
        cnt = np.zeros(k, np.int32)
        acc = np.zeros((k, d), f32)
        for i in range(n):
            cnt[lab[i]] += 1
            for q in range(d):
                acc[lab[i], q] += x[i, q]
        for j in range(k):
            for q in range(d):
                c[j, q] = acc[j, q] / f32(max(cnt[j], 1))
    return c


def setup(n):
    x = np.random.default_rng(9).standard_normal((n, 8)).astype(f32)
    return x, x[:6].copy()
