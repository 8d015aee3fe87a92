import numpy as np
def setup(n):
    r = np.random.default_rng(7)
    return r.normal(size=n), r.standard_normal((n, 2)), r.normal(5, 0.5, n), r.standard_normal(), r.normal(), r.standard_normal(n, dtype=np.float32), r.normal(loc=-1, scale=3, size=(2, 3)), r.standard_normal(size=4)
