import numpy as np
def setup(n):
    return (np.zeros(n), np.ones((2, n)), np.zeros((2, 3, n), dtype=np.int32), np.ones(n, np.uint8), np.full(n, 7), np.full((2, 2), 0.5, dtype=np.float32), np.full(3, True), np.eye(3), np.eye(3, 4, 1),
            np.eye(4, k=-2, dtype=np.int8), np.identity(3, dtype=np.float32), np.zeros_like(np.arange(n)), np.ones_like(np.zeros((2, 2), np.float32)), np.full_like(np.arange(3), 9), np.empty(n).shape, np.zeros(shape=(n,), dtype='int16'),
            np.zeros(n, dtype=float), np.zeros(n, dtype=int), np.zeros(n, dtype=bool), np.full((2, 2), [1, 2.5]), np.zeros_like(np.arange(3), dtype=np.float32), np.zeros(0), np.zeros((0, 3)))
