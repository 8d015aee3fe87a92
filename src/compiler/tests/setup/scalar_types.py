import numpy as np
def setup(n):
    return (np.int8(5), np.int16(-5), np.int32(n), np.int64(n), np.uint8(255), np.uint16(n), np.uint32(n), np.uint64(2 ** 63), np.float32(0.1), np.float64(0.1), np.bool_(n), np.bool_(0),
            np.uint8(np.int64(300)), np.int8(np.int32(200)), np.int32(3.7), np.float32(1e300), np.float32(n), np.intp(3), np.float32('1.5'), np.float64(np.float32(0.1)), np.double(1), np.single(1))
