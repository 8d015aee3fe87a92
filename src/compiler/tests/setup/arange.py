import numpy as np
def setup(n):
    return (np.arange(n), np.arange(2, n), np.arange(n, 2, -3), np.arange(0, 1, 0.1), np.arange(1.5, n, 0.7), np.arange(n, dtype=np.float32), np.arange(0, 1, 0.1, dtype=np.float32), np.arange(3, 0), np.arange(np.int32(5)),
            np.arange(np.float32(3)), np.arange(5.0), np.arange(0.5), np.arange(n, dtype=np.uint8), np.arange(-5, 5, dtype=np.int16), np.arange(0, -1, -0.1), np.arange(stop=5), np.arange(10, step=3), np.arange(1e5, 1e5 + 1, 1 / 3))
