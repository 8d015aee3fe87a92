import numpy as np
def setup(n):
    u = np.zeros((n, n), np.float32)
    u[n // 4:3 * n // 4, n // 4:3 * n // 4] = 1
    u[0, :] = np.linspace(0, 1, n)
    u[:, -1] = 0.25
    y, x = np.meshgrid(np.arange(n), np.arange(n), indexing='ij')
    u[(x - n / 2) ** 2 + (y - n / 2) ** 2 < (n / 5) ** 2] = 2
    return u, np.float32(0.25), 10
