import numpy as np
def setup(n):
    x = np.random.default_rng(7).random(n << 5, dtype=np.float32)
    y = x.copy(); y.sort()
    return x, y, np.sort(x[::-1]), np.argsort(x)
