import numpy as np
def setup(n):
    r = np.random.default_rng(seed=12345678901234567890)
    return (r.integers(10, size=n), r.integers(0, 100, (3, 3)), r.integers(5), r.integers(-5, 5, 7, dtype=np.int8), r.integers(0, 256, 9, dtype=np.uint8), r.integers(1, 6, 10, endpoint=True), r.integers(0, 2, 11, dtype=bool), r.integers(0, 1 << 40, 5), r.integers(0, 1000, 6, dtype=np.int32), r.integers(2 ** 63, size=2),
            r.integers(low=3, high=9, size=4), r.integers(0, 1 << 32, 5, dtype=np.uint32), r.integers(7, dtype=np.int16), r.integers(0, 9, 3, dtype=int), r.integers(5, dtype=int), r.integers(0, 65536, 5, dtype=np.uint16), r.integers(3, 4, 3), r.integers(0, 2 ** 64 - 1, 3, dtype=np.uint64))
