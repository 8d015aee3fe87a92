# The tables of NumPy's ziggurat. They are not what exact arithmetic gives, so that they are read from NumPy's own library,
# where they are found by their shape. Writes ../../ziggurat.bin, little-endian: f and w of float64; what follows from them,
# k and those of float32, as folds that `random.rs` tests.
#
#     python ziggurat_table.py        (numpy 2.4.6)
import glob, os
import numpy as np

library = open(glob.glob(np.__path__[0] + '/random/_generator*.so')[0], 'rb').read()

def find(kind, fits):
    size = np.dtype(kind).itemsize
    values = np.frombuffer(library[:len(library) // size * size], kind)
    for at in np.flatnonzero(fits(values)):
        yield values[at:at + 256]

def heights(kind):
    for t in find(kind, lambda v: v == 1):
        if len(t) == 256 and 0.9 < t[1] < 1 and (np.diff(t) < 0).all() and abs(t[255] - 0.00126028593) < 1e-8:
            return t

def widths(kind, scale):
    for t in find(kind, lambda v: abs(v * scale - 3.9107579595370918) < 1e-5):
        if len(t) == 256 and (np.diff(t[1:]) > 0).all() and abs(t[255] * scale - 3.65415288) < 1e-5:
            return t

def limits(kind, scale):
    for t in find(kind, lambda v: abs(v.astype('f8') / scale - 0.9343) < 1e-3):
        if len(t) == 256 and t[1] == 0 and abs(float(t[255]) / scale - 0.94) < 0.02:
            return t

tables = [heights('<f8'), widths('<f8', 2.0**52), limits('<u8', 2.0**52),
          heights('<f4'), widths('<f4', 2.0**23), limits('<u4', 2.0**23)]
out = b''.join(t.tobytes() for t in tables[:2])
assert len(out) == 256 * 2 * 8

def fold(*all):
    n = 0
    for parts in zip(*all):
        for x in parts:
            n = (n * 6364136223846793005 + int(x)) % 2**64
    return hex(n)

print(fold(tables[2]), fold(tables[5]), fold(tables[3].view('<u4'), tables[4].view('<u4')))
open(os.path.join(os.path.dirname(__file__), '..', '..', 'ziggurat.bin'), 'wb').write(out)
