# parallax: size=40
import numpy as np
from numba import njit


@njit
def insertion_sort(a):
    for i in range(1, len(a)):
        x = a[i]
        j = i - 1
        while j >= 0 and a[j] > x:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = x


def setup(n):
    return np.random.default_rng(28).random(n),
