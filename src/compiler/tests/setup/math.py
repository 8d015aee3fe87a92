import math
def setup(n):
    return (math.sqrt(n), math.floor(-2.5), math.ceil(2.1), math.trunc(-2.7), math.fabs(-3), math.pi * n, math.e, math.tau, math.inf, math.isnan(math.nan), math.isinf(math.inf),
            math.gcd(48, 36), math.factorial(10), math.isqrt(99), math.copysign(2, -0.0), math.fmod(-7, 3), math.hypot(3, 4), math.degrees(1.0), math.radians(90), math.log2(8), math.floor(n / 7), math.ldexp(1.5, 10))
