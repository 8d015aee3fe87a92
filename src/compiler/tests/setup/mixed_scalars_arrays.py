import numpy as np
def setup(n):
    a = np.arange(n, dtype=np.int8); f = np.arange(n, dtype=np.float32); z = np.float64(0.1); k = np.int64(3)
    return a + 1, a + k, a * 0.5, f + z, f * 0.1, f * k, f + np.float32(1), k * a, z + a, [1, 2] + np.arange(2), (1, 2) * np.arange(2), a[0] + f[0], a == 1, f != 2, a < k, 5 - f, 2 / (f + 1), a % 3, a.sum() / n, f.sum() * 2, True + a, a - True
