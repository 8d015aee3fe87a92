import numpy as np
def setup(n):
    return (np.linspace(0, 1, n), np.linspace(-3, 3, n, dtype=np.float32), np.linspace(0, 1, n, endpoint=False), np.linspace(5, 5, 4), np.linspace(0, 1, 1), np.linspace(0, 1, 0), np.linspace(0.1, 0.7, 7), np.linspace(0, 10, 5, dtype=np.int32),
            np.linspace(np.float32(0.1), np.float32(0.9), n), np.linspace(1, 0, 13), np.linspace(-2, .5, n, endpoint=False, dtype=np.float32), np.linspace(0, 1), np.linspace(start=1, stop=1e-3, num=11), np.linspace(0, 1, 1, endpoint=False), np.linspace(-7, 7, 9, dtype=int))
