import numpy as np
def setup(n):
    x = np.linspace(-1, 1, n); y = np.arange(3)
    gx, gy = np.meshgrid(x, y)
    ix, iy = np.meshgrid(x, y, indexing='ij')
    a, b, c = np.meshgrid(y, y, np.arange(2))
    return gx, gy, ix, iy, a, b, c, gx * gx + gy, np.meshgrid(y)[0]
