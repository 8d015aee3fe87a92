# within 1 ULP
import numpy as np
def setup(n):
    t = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.sin(t) + 2, np.cos(3 * t) + 2, np.exp(-t), np.sqrt(t)
