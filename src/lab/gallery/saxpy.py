"""Vector addition

Every element takes one multiplication, one addition and twelve bytes of memory.
What do lanes and threads gain where there is so little to compute?

Try: a size of 1000. Which back ends are now slower than the scalar one?
"""
# parallax: size=500000 show=line
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def saxpy(a, x, y):
    out = np.empty_like(x)
    for i in prange(x.size):
        out[i] = a * x[i] + y[i]
    return out


def setup(n):
    rng = np.random.default_rng(1)
    x = rng.random(n, dtype=np.float32)
    y = rng.random(n, dtype=np.float32)
    return np.float32(2.5), x, y
