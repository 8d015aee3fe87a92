# parallax: size=2000
import numpy as np
from numba import njit, prange

f32 = np.float32


@njit(parallel=True)
def monte_carlo_pi(n, chunks):
    per = n // chunks
    tot = 0
    for c in prange(chunks):
        s = np.uint32(0x9E3779B9) * np.uint32(c + 1)
        hit = 0
        for _ in range(per):
            s ^= s << np.uint32(13)
            s ^= s >> np.uint32(17)
            s ^= s << np.uint32(5)
            x = f32(s) * f32(2.3283064e-10)
            s ^= s << np.uint32(13)
            s ^= s >> np.uint32(17)
            s ^= s << np.uint32(5)
            y = f32(s) * f32(2.3283064e-10)
            if x * x + y * y <= f32(1):
                hit += 1
        tot += hit
    return 4.0 * tot / n


def setup(n):
    return n, 16
