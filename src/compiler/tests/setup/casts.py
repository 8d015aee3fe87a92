import numpy as np
def setup(n):
    x = np.linspace(-100, 100, n); i = np.arange(-n, n)
    return (x.astype(np.float32), x.astype(np.int32), x.astype(np.int8), i.astype(np.uint8), i.astype(np.int8), i.astype(np.float32), i.astype(bool), (i > 0).astype(np.float64), (i * 1234567).astype(np.int16), (i * 1234567891).astype(np.float32), (i * 1234567891234567).astype(np.float32), i.astype('uint16'), i.astype(float), x.astype(int), i.astype(np.uint64), i.astype(i.dtype), x.astype(np.float32).astype(np.float64), np.abs(x).astype(np.uint8), np.float32(i), i.astype(np.uint64).astype(np.float32))
