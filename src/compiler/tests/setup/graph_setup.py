import numpy as np
def setup(n):
    d = np.full((n, n), np.inf)
    r = np.random.default_rng(5)
    for i in range(n):
        d[i, i] = 0.0
        for j in range(3):
            d[i, r.integers(n)] = r.uniform(1, 10)
    d = np.minimum(d, d.T)
    return d, np.isfinite(d).sum()
