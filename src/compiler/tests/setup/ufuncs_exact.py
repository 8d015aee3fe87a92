import numpy as np
def setup(n):
    x = np.linspace(-3, 3, n)
    f = x.astype(np.float32)
    i = np.arange(-4, 5, dtype=np.int32)
    return (np.sqrt(np.abs(x)), np.sqrt(np.abs(f)), np.abs(i), np.floor(x), np.ceil(f), np.trunc(x), np.rint(x), np.sign(x), np.sign(i), np.square(f), np.negative(i), np.reciprocal(x + 10), np.maximum(x, 0), np.minimum(f, 1), np.fmax(x, np.nan), np.copysign(1.0, x),
            np.isnan(x), np.isfinite(f), np.logical_and(i, 1), np.logical_not(i), np.logical_or(x > 1, x < -1), np.add(x, 1), np.subtract(i, 1), np.multiply(f, f), np.divide(i, 2), np.power(i, 2), np.mod(i, 3), np.equal(i, 0), np.floor(i), np.square(True),
            np.sqrt(2), np.sqrt(np.float32(2)), np.minimum(3, np.float32(2)), np.maximum(1, 2), np.fabs(x), np.signbit(x) if False else 0, np.degrees(x), np.radians(f), x ** 2, x ** -1.0, np.abs(x) ** 0.5, np.sqrt(np.int16(5)))
