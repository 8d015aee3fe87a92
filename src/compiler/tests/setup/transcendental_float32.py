# within 1 ULP
import numpy as np
def setup(n):
    x = np.linspace(-3, 3, n, dtype=np.float32)
    p = np.abs(x) + np.float32(0.1)
    return np.sin(x), np.cos(x), np.log(p), np.arctan(x), np.log2(p), np.sqrt(p), p ** np.float32(1.7)
