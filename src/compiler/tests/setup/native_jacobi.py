import numpy as np
f32 = np.float32
def setup(n): return (np.random.default_rng(4).random((n, n), dtype=f32),)
