# parallax: size=40
import numpy as np
from numba import njit


@njit
def crc32(data):
    crc = np.uint32(0xFFFFFFFF)
    for i in range(len(data)):
        crc = np.uint32(crc ^ data[i])
        for _ in range(8):
            odd = crc & 1
            crc = np.uint32(crc >> 1)
            if odd:
                crc = np.uint32(crc ^ 0xEDB88320)
    return crc ^ 0xFFFFFFFF


def setup(n):
    return np.random.default_rng(35).integers(0, 256, n, dtype=np.uint8),
