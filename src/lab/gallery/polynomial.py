"""Polynomial by Horner

A polynomial of degree 15 at each point: fifteen multiplications that wait for each
other. How much do lanes gain where there is much to compute for each element?

Try: `2` for `16` in `setup`. Do threads still pay?
"""
# parallax: size=200000 show=line
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def evaluate(x, coefficients):
    y = np.empty_like(x)
    for i in prange(x.size):
        value = np.float32(0)
        for c in coefficients:
            value = value * x[i] + c
        y[i] = value
    return y


def setup(n):
    x = np.linspace(-1, 1, n).astype(np.float32)
    return x, np.linspace(0.1, 1, 16).astype(np.float32)
