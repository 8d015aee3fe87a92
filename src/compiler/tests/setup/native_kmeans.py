import numpy as np
f32 = np.float32
def setup(n):
    r = np.random.default_rng(9); x = r.standard_normal((100 + n, 8)).astype(f32); return (x, x[:16].copy())
