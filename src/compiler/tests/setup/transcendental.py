# within 1 ULP
import numpy as np
def setup(n):
    x = np.linspace(-3, 3, n)
    p = np.abs(x) + 0.1
    return np.exp(x), np.sin(x), np.cos(x), np.log(p), np.arctan(x), np.exp2(x), np.log2(p), np.log10(p), np.log1p(p), np.expm1(x), np.sinh(x), np.cosh(x), np.hypot(x, 1.5), np.arctan2(x, p), np.cbrt(x), np.arcsin(x / 4), np.arccos(x / 4), p ** 1.7
