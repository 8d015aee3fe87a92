import numpy as np
def setup(n):
    a = np.arange(12.0).reshape(3, 4)
    b = a.T
    b[1] = -1
    c = a.reshape(2, 6)
    c[0, 0] = 50
    d = a.ravel()
    d[-1] = 60
    e = a.flatten()
    e[:] = 0
    f = a
    f += 1
    g = a[1:]
    g = g * 2
    h = a.copy()
    h[0] = 0
    k = np.asarray(a)
    k[2, 2] = 70
    w = np.array(a)
    w[:] = 1
    return a, b, c, d, e, f, g, h
