import numpy as np
from numba import njit


@njit
def annotated(x: np.ndarray, k: int = 2) -> float:
    s: float = 0.0
    n: int
    n = x.size
    for i in range(n):
        s += x[i] * k
    return s


def setup(n):
    return np.arange(n),
