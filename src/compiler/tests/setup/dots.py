import numpy as np
def setup(n):
    a = np.arange(n) % 7; b = np.arange(n * 3).reshape(3, n) % 5; m = np.arange(12).reshape(4, 3)
    return a.dot(a), np.dot(b, a), b @ a, m @ b, a @ b.T, np.dot(2, a), np.outer(a[:4], [1.5, 2]), np.outer([1, 2], [3, 4]), (m.astype(np.float32) @ b.astype(np.float32)), np.dot([1.0, 2], [3, 4]), np.matmul(m, b)
