# within 1 ULP
import math
def setup(n):
    return math.exp(0.1 * n), math.sin(n), math.cos(n), math.tan(0.3), math.log(n), math.log10(n), math.atan2(1, n), math.pow(1.1, n), math.tanh(0.2), math.log(n, 3), n ** 0.5, 1.1 ** n, math.asin(0.3), math.acos(0.4), math.atan(7), math.sinh(1), math.cosh(1), math.exp(-n), math.log1p(0.1), math.expm1(0.1)
