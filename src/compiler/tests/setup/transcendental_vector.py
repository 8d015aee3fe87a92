# within 2 ULP: NumPy's own vector code is up to 3 units off here (arctan2 of float32), measured against long doubles
import numpy as np
def setup(n):
    x = np.linspace(-3, 3, n)
    f = np.linspace(-3, 3, n, dtype=np.float32)
    return np.tanh(x), np.tanh(f), np.exp(f), np.arctan2(f, np.abs(f) + np.float32(0.1)), np.exp(np.float32(1))
