import numpy as np
def setup(n): return (np.random.default_rng(8).integers(0, 1 << 30, n).astype(np.int32),)
