# parallax: size=40
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def convolve(signal, weights):
    half = weights.size // 2
    out = np.zeros_like(signal)
    for i in prange(signal.size):
        s = 0.0
        for k in range(weights.size):
            at = i + k - half
            if 0 <= at < signal.size:
                s += signal[at] * weights[k]
        out[i] = s
    return out


def setup(n):
    return np.random.default_rng(13).random(n), np.linspace(0.1, 0.3, 5)
