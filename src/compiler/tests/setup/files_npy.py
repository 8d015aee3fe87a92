import numpy as np

def setup(n):
    a = np.load("bool.npy"), np.load("int8.npy"), np.load("int16.npy"), np.load("int32.npy")
    b = np.load("int64.npy"), np.load("uint8.npy"), np.load("uint16.npy"), np.load("uint32.npy")
    c = np.load("uint64.npy"), np.load("float32.npy"), np.load("float64.npy")
    f = np.load("fortran.npy"), np.load("fortran_swapped.npy"), np.load("fortran.npy")[1].T
    s = np.load("swapped_int16.npy"), np.load("swapped_float32.npy") * np.float32(3)
    v = np.load("version2.npy"), np.load("version3.npy"), np.load("empty.npy"), np.load("one.npy") + n
    return a, b, c, f, s, v, np.load("float64.npy").astype(np.float32)[:n]
