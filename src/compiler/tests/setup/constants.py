import numpy as np
import math
PI = np.pi
TWO = 2 * math.pi
SIZE = 1 << 4
DT = np.float32
EPS = 1e-3
NAMES = (np.float32(0.5), 3)
def setup(n):
    x = np.arange(n, dtype=DT)
    return x * PI, x * np.pi, x * TWO, x + NAMES[0], x * NAMES[1], np.inf, -np.inf, np.e, SIZE, np.zeros(SIZE, DT), x * EPS, np.finfo(np.float32).eps, np.iinfo(np.int32).max, np.float32(PI)
