import numpy as np
def setup(n):
    return (np.array([1, 2, n]), np.array([1, 2.5]), np.array([[1, 2], [3, 4]], dtype=np.float32), np.array([True, 2]), np.array([np.float32(1), 2]), np.array([np.int8(1), 2.5]), np.array([]), np.array([[[1.0]]]), np.array((1, 2, 3), np.uint8),
            np.array([np.arange(3), np.ones(3)]), np.array(range(4)), np.asarray([1, 2]), np.array([2 ** 63, 1]), np.array([True, False]), np.array([np.int8(1), np.uint8(2)]), np.array([3.9, -3.9], dtype=int), np.float32([1, 2]), np.array([1, 2, 3], dtype='float32'), np.array([[]]))
