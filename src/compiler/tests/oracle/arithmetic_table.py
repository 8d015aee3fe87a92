"""Python's and NumPy's own arithmetic over values at the edges, bits in hexadecimal: `op type a b result`.

Integers are Python's, which have no edges, cut to their width; what a float becomes as an integer is what `ir` says:
cut off, and kept within bounds.
"""
import math
import struct

import numpy as np

BITS = {f"{kind}{width}": (kind == "int", width) for kind in ("int", "uint") for width in (8, 16, 32, 64)}
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.1, -0.1, 0.5, 2.5, 3.0, -3.0, 7.3, -7.3, 1e-310, 1e300, -1e300, math.inf, -math.inf, math.nan]
CUT = [0.0, -0.0, 0.9, -0.9, 1.5, 127.0, 127.9, 128.0, -128.9, -129.0, 255.9, 256.0, 65536.0, -32769.0, 2147483648.0, 4294967295.5,
       9.3e18, -9.3e18, 1.9e19, 1e300, -1e300, math.inf, -math.inf, math.nan]


def cut(value, bits):
    return value & ((1 << bits) - 1)


def edges(name):
    is_signed, bits = BITS[name]
    most = (1 << (bits - is_signed)) - 1
    least = -most - 1 if is_signed else 0
    return sorted({least, least + 1, 0, 1, 7, most - 1, most} | ({-1, -7} if is_signed else {most // 2}))


def f64(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def f32(value):
    return int(np.float32(value).view(np.uint32))


with open("arithmetic.txt", "w") as out, np.errstate(all="ignore"):
    for name, (is_signed, bits) in BITS.items():
        for a in edges(name):
            for b in edges(name):
                if b:
                    print("//", name, *(f"{cut(x, bits):x}" for x in (a, b, a // b)), file=out)
                    print("%", name, *(f"{cut(x, bits):x}" for x in (a, b, a % b)), file=out)
        most = (1 << (bits - is_signed)) - 1
        least = -most - 1 if is_signed else 0
        for a in CUT:
            whole = 0 if math.isnan(a) else most if a == math.inf else least if a == -math.inf else max(least, min(most, int(a)))
            print("cut", name, f"{f64(a):x} - {cut(whole, bits):x}", file=out)
        for a in edges(name):
            print("float64", name, f"{cut(a, bits):x} - {f64(float(a)):x}", file=out)
            # Rounded once: from the integer, not by way of a float64.
            print("float32", name, f"{cut(a, bits):x} - {f32(np.dtype(name).type(a)):x}", file=out)
    for a in FLOATS:
        for b in FLOATS:
            if b:
                quotient, rest = divmod(a, b)
                print("//", "float64", f"{f64(a):x} {f64(b):x} {f64(quotient):x}", file=out)
                print("%", "float64", f"{f64(a):x} {f64(b):x} {f64(rest):x}", file=out)
            a32, b32 = np.float32(a), np.float32(b)
            if b32 != 0 and np.isfinite(a32) and np.isfinite(b32):
                quotient, rest = divmod(a32, b32)
                print("//", "float32", f"{f32(a32):x} {f32(b32):x} {f32(quotient):x}", file=out)
                print("%", "float32", f"{f32(a32):x} {f32(b32):x} {f32(rest):x}", file=out)
    for a in [*FLOATS, 1 + 2.0**-24, 1 + 3 * 2.0**-24, 3.4028235677973366e38, 1e-45, 7e-46]:
        print("narrow", "float64", f"{f64(a):x} - {f32(a):x}", file=out)
