# parallax: size=2000
import numpy as np
from numba import njit, prange

f32 = np.float32
u32 = np.uint32


@njit
def xorshift(s):
    s = u32(s ^ u32(s << u32(13)))
    s = u32(s ^ (s >> u32(17)))
    return u32(s ^ u32(s << u32(5)))


@njit(parallel=True)
def monte_carlo_pi(n, chunks):
    per = n // chunks
    tot = 0
    for c in prange(chunks):
        s = u32(u32(0x9E3779B9) * u32(c + 1))
        hit = 0
        for _ in range(per):
            s = xorshift(s)
            x = f32(s) * f32(2.3283064e-10)
            s = xorshift(s)
            y = f32(s) * f32(2.3283064e-10)
            if x * x + y * y <= f32(1):
                hit += 1
        tot += hit
    return 4.0 * tot / n


def setup(n):
    return n, 16
