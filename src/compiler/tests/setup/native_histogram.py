import numpy as np
def setup(n): return (np.random.default_rng(6).integers(0, 256, n << 5, dtype=np.uint8),)
