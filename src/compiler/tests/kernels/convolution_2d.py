# parallax: size=14
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def blur(image, kernel):
    h, w = image.shape
    kh, kw = kernel.shape
    out = np.empty((h - kh + 1, w - kw + 1), np.float32)
    for y in prange(out.shape[0]):
        for x in range(out.shape[1]):
            s = np.float32(0)
            for j in range(kh):
                for i in range(kw):
                    s += image[y + j, x + i] * kernel[j, i]
            out[y, x] = s
    return out


def setup(n):
    r = np.random.default_rng(14)
    return r.random((n, n), dtype=np.float32), r.random((3, 5), dtype=np.float32)
