import numpy as np
f32 = np.float32
def setup(n):
    r = np.random.default_rng(2)
    x = r.standard_normal(4 * n).astype(f32); y = r.standard_normal(4 * n).astype(f32); z = r.standard_normal(4 * n).astype(f32)
    return x, y, z
