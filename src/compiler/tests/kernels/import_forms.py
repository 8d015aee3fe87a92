# parallax: tolerance=1e-14
# parallax: entry=kernel
import numba
import numba as nb
import numpy
import math as m
from math import sqrt as root, pi
from numpy import float32, zeros
from numba import jit


@jit(nopython=True)
def helper(x):
    return root(x) + m.cos(pi * x)


@numba.njit(cache=False)
def kernel(n):
    out = zeros(n, float32)
    for i in nb.prange(n):
        out[i] = helper(i) + numpy.sqrt(i)
    return out


@nb.jit(nopython=True)
def not_the_entry(n):
    return n


def setup(n):
    return n,
