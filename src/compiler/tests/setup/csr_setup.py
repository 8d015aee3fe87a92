import numpy as np
def setup(n):
    r = np.random.default_rng(21)
    counts = r.integers(0, 6, n)
    starts = np.zeros(n + 1, np.int64)
    starts[1:] = np.cumsum(counts)
    total = int(starts[-1])
    columns = r.integers(0, n, total).astype(np.int32)
    values = r.uniform(-1, 1, total)
    return starts, columns, values, np.ones(n), np.bincount(columns, minlength=n)
