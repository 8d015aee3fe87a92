import numpy as np
def setup(n):
    r = np.random.default_rng(15)
    a = r.integers(-50, 50, (n, 9)); f = a / 7; f[2, 3] = np.nan
    return (a.min(), a.max(), a.min(0), a.max(1), a.argmin(), a.argmax(), a.argmin(0), a.argmax(1), np.min(f), f.max(0), f.argmax(), f.argmin(1), a.any(), a.all(), (a > 0).any(0), (a > -50).all(1), np.ptp(a), np.max([1, 5, 2]), a.astype(np.uint8).max(), a.astype(np.float32).argmax(), np.argmax([1, 3, 3]), a.max(axis=1, keepdims=True))
