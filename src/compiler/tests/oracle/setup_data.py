# Writes the arrays that the files of tests/setup load; the texts beside them are written by hand.
#
#     python setup_data.py        (CPython 3.11, numpy 2.4.6)
import os
import numpy as np
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'setup', 'data'))
rng = np.random.default_rng(5)
for name in 'bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64'.split():
    np.save(f'{name}.npy', (rng.random((3, 4)) * 200 - (0 if name[0] in 'bu' else 90)).astype(name))
np.save('fortran.npy', np.asfortranarray(rng.integers(0, 99, (2, 3, 4))))
np.save('fortran_swapped.npy', np.asfortranarray(rng.random((3, 5)).astype('>f8')))
np.save('swapped_int16.npy', rng.integers(-999, 999, 7).astype('>i2'))
np.save('swapped_float32.npy', rng.random((2, 2)).astype('>f4'))
np.save('empty.npy', np.zeros((0, 3), np.float32))
np.save('one.npy', np.float64(2.5))
for version in (2, 3):
    with open(f'version{version}.npy', 'wb') as file:
        np.lib.format.write_array(file, np.arange(5, dtype=np.int32), (version, 0))
