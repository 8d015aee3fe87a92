import numpy as np
def setup(n):
    r = np.random.default_rng(14)
    a = r.random((7, 9)) + 0.5
    i = np.arange(1, 10, dtype=np.int8)
    return a.prod(), a.prod(0), a.prod(1), i.prod(), np.prod(i, dtype=np.float64), a.cumprod(), i.cumprod(), a.T.prod(1), np.prod([1.5, 2])
