import numpy as np
def setup(n):
    a = np.zeros(n, np.int32)
    a[0] = 3.9
    a[1] = True
    a[2] = np.float32(7.5)
    a[3:6] = [1, 2, 3]
    a[6:8] = np.array([1.9, -1.9])
    b = np.zeros((3, 4), np.float32)
    b[0] = 1
    b[1, :] = np.arange(4)
    b[:, 3] = 0.1
    b[2, 1] = 1 / 3
    for i in range(3):
        for j in range(4):
            b[i, j] += i * 4 + j
    c = np.empty((2, 2)); c.fill(7); c[:] = c + 1
    d = np.arange(4); d[...] = 5
    e = np.zeros((2, 3)); e[:] = [1, 2, 3]; e[1] += e[0]
    f = np.zeros(3, bool); f[1] = 5; x = f
    x[2] = True
    g = np.arange(9).reshape(3, 3); g.T[0] = -1; h = g.ravel(); h[4] = 100
    np.fill_diagonal(c, 3)
    return a, b, c, d, e, f, g, a.tolist()[0], a[0].item(), a.sum().item()
