# parallax: tolerance=2e-15
import numpy as np
from numba import njit


@njit
def ufuncs(x, y, k):
    out = np.empty(24)
    out[0] = np.sqrt(x)
    out[1] = np.minimum(x, y)
    out[2] = np.maximum(x, y)
    out[3] = np.add(x, y)
    out[4] = np.subtract(x, y)
    out[5] = np.multiply(x, y)
    out[6] = np.divide(x, y)
    out[7] = np.floor_divide(x, y)
    out[8] = np.mod(x, y)
    out[9] = np.sign(-x)
    out[10] = np.abs(-x)
    out[11] = np.square(x)
    out[12] = np.exp(x) + np.log(x) + np.log2(x) + np.log10(x) + np.log1p(x) + np.expm1(x)
    out[13] = np.sin(x) + np.cos(x) + np.tan(x)
    out[14] = np.arctan2(x, y) + np.hypot(x, y)
    out[15] = np.power(x, y)
    out[16] = np.floor(x) + np.ceil(y) + np.trunc(x)
    out[17] = np.fmod(-x, y)
    out[18] = np.copysign(x, -y)
    out[19] = np.reciprocal(x)
    out[20] = np.deg2rad(x) + np.rad2deg(y)
    out[21] = np.cbrt(x)
    out[22] = np.negative(x) + np.fabs(y)
    out[23] = np.isnan(x) + np.isinf(x) + np.isfinite(x)
    return out, np.add(k, np.int8(1)), np.sqrt(k), np.sign(k), np.bitwise_and(k, 6), np.left_shift(k, 2), np.logical_and(x > 1, y > 1)


def setup(n):
    return 1.75, 0.6, np.int16(13)
