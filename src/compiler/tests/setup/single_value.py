import numpy as np
def setup(n): return np.arange(n) * 2
