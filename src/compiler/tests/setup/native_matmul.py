import numpy as np
f32 = np.float32
def setup(n):
    r = np.random.default_rng(3)
    return (r.standard_normal((n, n)).astype(f32), r.standard_normal((n, n)).astype(f32))
