import numpy as np
def setup(n):
    types = (np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.float32, np.float64)
    out = []
    for a in types:
        for b in types:
            x = np.array([1, 0, 1]).astype(a)
            y = np.array([1, 1, 1]).astype(b)
            out.append((x + y, x * y, x / y, x // y, x % y, x ** y, x < y, np.minimum(x, y), x + 1, 2.5 * x, x / 3, np.arctan2(x.astype(np.float32), y.astype(np.float32)) * 0))
    return tuple(out)
