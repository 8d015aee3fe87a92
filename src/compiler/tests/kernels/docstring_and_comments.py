import numpy as np; from numba import njit

@njit  # compiled
def f(a,  # the array
      k=(3),
      ):
    """Adds.

    Not much else.
    """
    # nothing
    s = 0; t = 1
    for i in range(a.size): s += a[i] * \
        k; t *= 2
    if s: pass
    return (s +
            # a comment within
            t)

def setup(n): return np.arange(n),
