import numpy as np
def setup(n):
    a = np.arange(n) - 10
    m = a % 3 == 0
    b = a.copy()
    b[m] = 0
    c = a.copy()
    c[c < 0] *= -1
    d = np.arange(12).reshape(3, 4)
    d[d > 7] = d[d > 7] * 2
    e = np.zeros((3, 4), np.float32)
    e[np.array([True, False, True])] = 5
    e[:, np.array([True, False, False, True])] += 1.5
    return a[m], b, c, d, e, d[d % 2 == 0], d[:, np.array([True, False, True, False])], a[~m & (a > 0)], np.where(m)[0], np.nonzero(d > 3), m.sum(), np.count_nonzero(m), a[[True] * n]
