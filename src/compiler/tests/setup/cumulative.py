import numpy as np
def setup(n):
    x = np.random.default_rng(16).random((n, 5))
    return x.cumsum(), x.cumsum(0), x.cumsum(1), np.cumsum(x.astype(np.float32)), np.cumsum(np.ones(n, np.int16)), np.cumsum(x > 0.5), np.diff(x[:, 0]), np.diff(np.arange(5) ** 2), np.diff(x, axis=0)
