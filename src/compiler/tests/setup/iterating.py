import numpy as np
def setup(n):
    out = np.zeros((3, n))
    for i, row in enumerate(out):
        row += i
    s = 0
    for a, b in zip(range(n), np.arange(n, dtype=np.float32)):
        s += a * b
    for i, (a, b) in enumerate(zip([1, 2], (3, 4)), 5):
        s = s + i * a * b
    k = 0
    for v in reversed([1, 2, 3]):
        k = k * 10 + v
    return out, s, k, list(range(3))[1], sum(range(n)), np.array(list(zip([1, 2], [3, 4])))
