# parallax: size=50
# parallax: tolerance=4e-6
import math
import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(inline='always')
def normal_below(d):
    k = f32(1) / (f32(1) + f32(.2316419) * abs(d))
    p = k * (f32(.31938153) + k * (f32(-.356563782) + k * (f32(1.781477937) + k * (f32(-1.821255978) + k * f32(1.330274429)))))
    v = f32(.39894228) * math.exp(f32(-.5) * d * d) * p
    return f32(1) - v if d > 0 else v


@njit(parallel=True)
def black_scholes(spot, strike, years):
    n = spot.size
    call = np.empty(n, f32)
    put = np.empty(n, f32)
    rate = f32(.02)
    sigma = f32(.3)
    for i in prange(n):
        root = math.sqrt(years[i])
        d1 = (math.log(spot[i] / strike[i]) + (rate + f32(.5) * sigma * sigma) * years[i]) / (sigma * root)
        d2 = d1 - sigma * root
        a = normal_below(f32(d1))
        b = normal_below(f32(d2))
        e = math.exp(-rate * years[i])
        call[i] = spot[i] * a - strike[i] * e * b
        put[i] = strike[i] * e * (f32(1) - b) - spot[i] * (f32(1) - a)
    return call, put


def setup(n):
    r = np.random.default_rng(1)
    return r.uniform(5, 30, n).astype(f32), r.uniform(1, 100, n).astype(f32), r.uniform(.25, 10, n).astype(f32)
