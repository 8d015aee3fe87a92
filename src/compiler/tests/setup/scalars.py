import numpy as np
def setup(n):
    a = np.int32(n); b = np.float32(0.1); c = np.uint8(200); d = np.int64(3); e = np.float64(0.1); t = np.True_
    return (a + 1, a * 2.5, a / 2, a // 2, a % 7, b + 1, b * 0.1, b + e, c + 55, a + c, b * a, d ** 2, c // 7, np.int8(100) + 100, np.uint8(3) - 5,
            a & 6, a << 2, a >> 1, a ^ 5, ~a, -b, t + 1, t & False, np.uint64(1) + np.int64(1), np.uint64(7) + 1, np.int16(3) * np.float32(2), np.float32(3) // 0, np.float64(1) / 0,
            b < 0.1, b == 0.1, np.int64(-1) < np.uint64(1), c > 300, np.int32(2) ** 31, np.int32(-5) >> 40, np.int64(1) << 64, np.uint8(1) << np.int8(3), np.int8(-128) // -1, t)
