# parallax: size=60
import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def choices(x, y, a, b, bits, out, wide, counts):
    """What is one or the other: signs, the lesser and the greater, truth values that are counted."""
    for i in prange(x.size):
        p = x[i]
        q = y[i]
        v = a[i]
        w = b[i]
        m = bits[i]
        out[0, i] = -p if m & np.int32(4) else p
        out[1, i] = -q if p < q else q
        out[2, i] = p if p < q else q
        out[3, i] = q if p < q else p
        out[4, i] = max(p, q)
        out[5, i] = min(p, q)
        out[6, i] = p if q < p else q
        out[7, i] = p if v < w else f32(2)
        out[8, i] = f32(p < q)
        wide[0, i] = -v if v < w else v
        wide[1, i] = w if v < w else v
        wide[2, i] = v if v < w else w
        wide[3, i] = v if p < q else w
        wide[4, i] = np.float64(v < w)
        wide[5, i] = v / (1.0 + w * w)
        counts[0, i] = np.int64(m) + (p < q)
        counts[1, i] = np.int32(np.int32(m) + (v < w))
        counts[2, i] = np.int8(np.int8(m) + (p <= q))
        counts[3, i] = m if m < 30 else 30


def setup(n):
    rng = np.random.default_rng(8)
    special = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1.5, -1.5, 1e-40])
    v = special[rng.integers(0, 8, n)]
    w = special[rng.integers(0, 8, n)]
    x, y = w.astype(np.float32), v.astype(np.float32)
    bits = rng.integers(-200, 200, n).astype(np.int32)
    return x, y, v, w, bits, np.zeros((9, n), np.float32), np.zeros((6, n)), np.zeros((4, n), np.int64)
