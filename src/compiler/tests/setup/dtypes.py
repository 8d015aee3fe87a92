import numpy as np
def setup(n):
    a = np.zeros(3, np.float32); b = np.array([1, 2])
    same = a.dtype == np.float32, b.dtype == np.int64, a.dtype == b.dtype, a.dtype != 'float32'
    return same, np.zeros(2, a.dtype), np.ones(2, dtype=np.dtype('int8')), a.dtype.itemsize, a.dtype.type(2.5), np.zeros(2, 'f4'), np.zeros(2, 'i2'), np.arange(3).dtype.itemsize, (b * a.dtype.type(3))
