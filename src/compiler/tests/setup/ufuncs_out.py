import numpy as np
def setup(n):
    a = np.arange(n, dtype=np.float32)
    b = np.empty(n, np.float32)
    np.add(a, 1, out=b)
    np.multiply(b, 0.5, b)
    c = np.sqrt(a, dtype=np.float64)
    return a, b, c
