"""Sparse matrix, dense vector

Only what is not zero is stored: values, their columns, and where each row begins.
What do lanes gain if they must gather their operands one by one?

Try: `np.full(n, 30)` for `rng.integers(0, 60, n)`. Rows are then equally long: does it
help the lanes?
"""
# parallax: size=10000 show=line
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def multiply(values, columns, begins, x):
    rows = begins.size - 1
    y = np.zeros(rows, np.float32)
    for row in prange(rows):
        total = np.float32(0)
        for k in range(begins[row], begins[row + 1]):
            total += values[k] * x[columns[k]]
        y[row] = total
    return y


def setup(n):
    rng = np.random.default_rng(15)
    begins = np.zeros(n + 1, np.int32)
    begins[1:] = np.cumsum(rng.integers(0, 60, n))
    count = begins[-1]
    columns = rng.integers(0, n, count).astype(np.int32)
    values = rng.random(count, dtype=np.float32)
    return values, columns, begins, rng.random(n, dtype=np.float32)
