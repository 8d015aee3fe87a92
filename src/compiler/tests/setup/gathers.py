import numpy as np
def setup(n):
    a = np.arange(24).reshape(2, 3, 4)
    i = np.array([2, 0, -1, 2])
    b = np.arange(n) * 10
    c = np.zeros(n)
    c[i] = np.array([1.5, 2.5, 3.5, 4.5])
    c[[4, 5]] += 1
    d = np.zeros((3, 4), int)
    d[[0, 1, 2], [1, 2, 3]] = 7
    d[1, [0, 3]] = (8, 9)
    return b[i], a[:, i], a[1, i], a[:, [0, 1], [1, 2]], a[[0, 1], :, [1, 2]], a[..., [3, 0]], b[[[0, 1], [2, 3]]], c, d, a[0, i, 1:3], b[i[:, None] + np.arange(2)], a[[1]], a[None, :, [0]].shape, b[np.array([], dtype=int)]
