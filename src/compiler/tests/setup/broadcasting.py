import numpy as np
def setup(n):
    x = np.arange(n)[:, None] * 0.5
    y = np.arange(5)[None, :]
    z = np.arange(3).reshape(3, 1, 1)
    g = np.zeros((4, 3)) + [1, 2, 3]
    h = np.ones((2, 3), np.float32)
    h *= 2.5
    h += np.arange(3)
    h -= np.array([[1], [2]])
    i = np.arange(6)
    i *= 3
    i //= 2
    i **= 2
    i %= 11
    i <<= 1
    return x + y, x * y - z, (x < y), g, h, i, z + np.float32(1), 1 - y, 2 ** y, y / 3, -x, np.maximum(x, y), x[:, 0] * x[0], np.broadcast_to(y, (2, 5))
