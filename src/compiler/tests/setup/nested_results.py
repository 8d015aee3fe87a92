import numpy as np
def setup(n): return (np.arange(n), (n, 2.5)), None, True
