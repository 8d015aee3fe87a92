import numpy as np
def setup(n):
    r = np.random.default_rng(42)
    return r.random(n), r.random(), r.random((3, 4)), r.random(5, dtype=np.float32), r.uniform(-1, 1, n), r.uniform(), r.uniform(2, 3, (2, 2)), r.random(dtype=np.float32), r.uniform(low=5, high=6, size=3), r.random(size=(2,)), r.random(3, np.float32), r.uniform(10, size=2) if False else 0
