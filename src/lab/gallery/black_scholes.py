"""Black-Scholes prices

Logarithm, exponential and error function for every option. Who computes them in lanes,
where the processor has no instruction for them?

Try: take `astype(np.float32)` out of `setup`, three times. What do lanes gain now, and
what does the GPU say?
"""
# parallax: size=100000 show=histogram tolerance=1e-5
import math
import numpy as np
from numba import njit, prange

HALF = np.float32(0.5)
ONE = np.float32(1)
ROOT_HALF = np.float32(math.sqrt(0.5))


@njit
def normal_cdf(x):
    return HALF * (ONE + math.erf(x * ROOT_HALF))


@njit(parallel=True)
def black_scholes(stock, strike, years, rate, volatility):
    call = np.empty_like(stock)
    put = np.empty_like(stock)
    for i in prange(stock.size):
        spread = volatility * math.sqrt(years[i])
        growth = (rate + HALF * volatility * volatility) * years[i]
        d1 = (math.log(stock[i] / strike[i]) + growth) / spread
        d2 = d1 - spread
        worth = strike[i] * math.exp(-rate * years[i])
        call[i] = stock[i] * normal_cdf(d1) - worth * normal_cdf(d2)
        put[i] = worth * normal_cdf(-d2) - stock[i] * normal_cdf(-d1)
    return call, put


def setup(n):
    rng = np.random.default_rng(4)
    stock = rng.uniform(5, 30, n).astype(np.float32)
    strike = rng.uniform(5, 50, n).astype(np.float32)
    years = rng.uniform(0.25, 10, n).astype(np.float32)
    return stock, strike, years, np.float32(0.02), np.float32(0.3)
