# What CPython and NumPy give for the files of tests/setup. Writes setup.txt, which tests/setup.rs holds the
# compiler to: a file, n, and of each value that setup(n) returns, tuples flattened: its type, its shape, the
# FNV-1a hash of its bytes (64 bits), and its first elements' bits. Of a file that says "within 1 ULP" all.
#
#     python setup_table.py > setup.txt        (CPython 3.11, numpy 2.4.6)
import glob, os, sys, types, warnings
import numpy as np
warnings.simplefilter('ignore')
FIRST, SIZES = 4, (16, 64, 65)
here = os.path.dirname(os.path.abspath(__file__))
# What a file reads is in a folder of its own.
os.chdir(os.path.join(here, '..', 'setup', 'data'))
# The decorators are left out: setup is Python, also where it calls kernels.
numba = types.ModuleType('numba')
numba.njit = lambda f: f
numba.prange = range
sys.modules['numba'] = numba
def flat(value):
    if isinstance(value, tuple):
        for one in value: yield from flat(one)
    elif value is None: yield None
    else:
        # A kernel's int64 and float64; beyond is uint64, as NumPy has it.
        value = np.array(value)
        # What was read from a file of another machine is as a kernel has it.
        yield value.astype(value.dtype.newbyteorder('='))
def fnv(data):
    h = 0xcbf29ce484222325
    for byte in data: h = (h ^ byte) * 0x100000001b3 & 0xffffffffffffffff
    return h
for path in sorted(glob.glob(os.path.join(here, '..', 'setup', '*.py'))):
    text = open(path).read()
    for n in SIZES:
        env = {}
        exec(compile(text, path, 'exec'), env)
        for at, value in enumerate(flat(env['setup'](n))):
            head = [os.path.basename(path)[:-3], n, at]
            if value is None:
                print(*head, 'none', '-', '-', sep='\t')
                continue
            assert value.dtype.name in 'bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64'.split(), (path, at, value.dtype)
            shape = 'scalar' if value.ndim == 0 else 'x'.join(map(str, value.shape))
            data = np.ascontiguousarray(value).tobytes()
            width = value.dtype.itemsize
            count = len(data) // width if '# within' in text else FIRST
            bits = [int.from_bytes(data[i * width:(i + 1) * width], 'little') for i in range(min(count, len(data) // width))]
            print(*head, value.dtype.name, shape, f'{fnv(data):016x}', *[f'{b:x}' for b in bits], sep='\t')
