import numpy as np
def setup(n):
    r = np.random.default_rng(17)
    a = r.integers(0, 30, (n, 7)); f = r.random(n); f[3] = np.nan; g = f.copy(); g.sort()
    return np.sort(a), np.sort(a, axis=0), np.sort(f), g, np.argsort(a[0], kind='stable'), np.argsort(f), np.sort(a, axis=None), a[np.argsort(a[:, 0], kind='stable')], np.sort(r.random(50, dtype=np.float32)), np.sort(a.astype(np.uint8), axis=1)[:, ::-1]
