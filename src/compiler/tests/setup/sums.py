import numpy as np
def setup(n):
    r = np.random.default_rng(11)
    out = []
    for k in (0, 1, 2, 7, 8, 9, 15, 127, 128, 129, 136, 255, 257, 1000, 4097, 20001):
        x = r.random(k) - 0.3
        f = x.astype(np.float32)
        out.append((x.sum(), f.sum(), np.sum(f, dtype=np.float64), np.sum((x * 1000).astype(np.int32)), x[::2].sum(), x[::-1].sum(), f[1::3].sum(), np.sum(x > 0)))
    return tuple(out)
