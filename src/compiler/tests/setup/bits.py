import numpy as np
def setup(n):
    a = np.arange(-n, n, dtype=np.int16)
    b = np.arange(2 * n) % 17
    m = b > 3
    return a & b, a | 3, a ^ b, a << 3, a >> b, ~a, m & (a > 0), m | False, ~m, m ^ True, np.uint32(5) << a.astype(np.uint32), np.invert(b), np.bitwise_and(a, 7), np.left_shift(1, b)
