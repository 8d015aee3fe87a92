import numpy as np
f32 = np.float32
def setup(n):
    r = np.random.default_rng(1); m = n << 4
    return (r.uniform(5, 30, m).astype(f32), r.uniform(1, 100, m).astype(f32), r.uniform(.25, 10, m).astype(f32))
