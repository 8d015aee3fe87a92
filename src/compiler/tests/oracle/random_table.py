# What NumPy draws. Writes random.txt, which tests/random.rs holds the compiler to: a call, then its numbers,
# floats by their bits.
#
#     python random_table.py > random.txt        (numpy 2.4.6)
import numpy as np
def told(call, values):
    values = np.atleast_1d(np.asarray(values))
    if values.dtype.kind == 'f':
        values = values.view(np.uint32 if values.dtype == np.float32 else np.uint64)
    print(call, *[int(v) for v in values], sep='\t')
for seed in [0, 1, 42, 2**32 - 1, 2**32, 2**63 + 12345]:
    def rng(): return np.random.default_rng(seed)
    told(f'{seed} random', rng().random(5))
    told(f'{seed} random32', rng().random(5, dtype=np.float32))
    told(f'{seed} uniform -3 7.5', rng().uniform(-3, 7.5, 5))
    for dtype, low, high in [('int64', 0, 10), ('int64', -5, 1 << 31), ('int64', 0, 1 << 32), ('int64', -(1 << 40), 1 << 40),
                             ('int64', -(1 << 63), (1 << 63) - 1), ('int32', -100, 100), ('int32', -(1 << 31), (1 << 31)), ('uint32', 0, 1 << 32),
                             ('uint64', 0, 1 << 64), ('uint64', 5, 6), ('int8', -128, 128), ('uint8', 0, 200), ('uint8', 0, 256),
                             ('int16', -3, 3000), ('uint16', 0, 1 << 16), ('bool', 0, 2), ('bool', 1, 2), ('int64', 7, 8)]:
        told(f'{seed} integers {dtype} {low} {high}', rng().integers(low, high, 9, dtype=dtype).astype(object))
    told(f'{seed} normal', rng().standard_normal(1_500))
    told(f'{seed} normal32', rng().standard_normal(1_500, dtype=np.float32))
    # The half that a float32 leaves is taken by the next, also across calls.
    r = rng()
    told(f'{seed} mixed', np.concatenate([r.random(1, dtype=np.float32).astype(float), r.random(1), r.random(1, dtype=np.float32).astype(float), r.integers(0, 100, 3).astype(float)]))
