import numpy as np
def setup(n):
    r = np.random.default_rng(13)
    a = r.random((n, 41)); f = a.astype(np.float32); i = (a * 1000).astype(np.int16)
    return (a.mean(), f.mean(), i.mean(), a.mean(0), a.mean(1), f.mean(axis=0), f.mean(axis=1), i.mean(0), i.mean(1), a.var(), a.std(), f.std(), a.std(0), f.var(1), np.mean([1, 2, 4]), np.std(a, ddof=1), (a > 0.5).mean(), np.mean(r.random(20000).astype(np.float32), dtype=np.float64) if False else 0)
