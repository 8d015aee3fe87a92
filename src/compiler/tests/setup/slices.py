import numpy as np
def setup(n):
    a = np.arange(n * 6).reshape(n, 6)
    b = a[1:3]
    b[:] = -1
    c = a[:, ::2]
    c[0, 0] = 99
    a[-1] = 7
    a[2:, 1:3] *= 2
    a[::2, -1] += a[0, 0]
    v = a[3]
    v += 1
    d = np.arange(n)
    d[1:] = d[:-1]
    e = np.arange(n)
    e[1:] += e[:-1]
    return a, b, c, d, e, a[::-1, ::-1], a[:, 2], a[n - 1, 5], a[0, 1:4], a[-2:], a[5:2], a[None, 0, :], a[:, None, 0], a[..., 1], np.arange(n)[::-3], np.arange(n)[-3:], np.arange(n)[100:], np.arange(5)[None, :].shape
