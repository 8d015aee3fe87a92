import numpy as np
def setup(n):
    a = np.arange(-20, 20)
    b = np.arange(40) % 7 - 3
    c = a * 0.37
    return a // b, a % b, np.fmod(a, b), c // 0.25, c % 0.25, c % -0.25, np.fmod(c, 0.3), a.astype(np.float32) // np.float32(0.3), a.astype(np.float32) % np.float32(0.3), a // 3, a % -3, np.floor_divide(c, -0.7)
