import numpy as np
def setup(n):
    return (int(3.9), int(-3.9), int(True), int('42'), float('2.5'), float(n), bool(n), abs(-n), abs(-2.5), round(2.5), round(3.5), round(2.675, 2), round(0.125, 2),
            round(1234.5678, -2), round(n), min(3, 1.5, 2), max([n, 7]), sum([0.5, 0.25]), divmod(-7, 2), pow(2, 5), len((1, 2, 3)), any([0, n]), all([1, 0]),
            round(np.float32(2.567), 2), round(np.float64(2.5)), abs(np.int8(-5)), int(np.float32(7.9)), float(np.float32(0.1)), max(np.float32(1), 2))
