# What the functions of `ir::Math` are, by mpmath: for each function and type a few hundred arguments over the whole range
# with the correctly rounded result and how far the exact one is from it, so that an error can be measured in parts of an
# ULP. Writes math.bin, little-endian, for each function a name of 8 bytes, the type's bytes, the number of arguments to the
# function, how many lines; then column by column the arguments' bits, the results' bits, and (exact - rounded) * 65536 / ULP
# as int16, an ULP being the distance of floats at the rounded result.
#
#     python math_table.py        (mpmath 1.4.1)
#
# With a number and a path it writes so many times as many arguments there: `MATH_TABLE=path cargo test --test math`.
import math, os, random, struct, sys
import mpmath
from mpmath import mp, mpf

TYPES = {8: dict(bits=53, low=-1074, high=1024, word='Q', real='d'), 4: dict(bits=24, low=-149, high=128, word='I', real='f')}

def to_bits(value, size):
    kind = TYPES[size]
    return struct.unpack('<' + kind['word'], struct.pack('<' + kind['real'], value))[0]

def from_bits(bits, size):
    kind = TYPES[size]
    return struct.unpack('<' + kind['real'], struct.pack('<' + kind['word'], bits))[0]

def narrow(value, size):
    """The nearest float of a Python float, or None if it is not finite."""
    try:
        value = from_bits(to_bits(value, size), size)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None

@mp.workprec(300)
def rounded(exact, size):
    """The nearest float's bits and (exact - it) * 65536 / ULP."""
    kind = TYPES[size]
    if exact == 0:
        return 0, 0
    negative, magnitude = exact < 0, abs(exact)
    exponent = max(mpmath.mag(magnitude) - kind['bits'], kind['low'])
    if mpmath.ldexp(magnitude, -exponent) < 2 ** (kind['bits'] - 1) and exponent > kind['low']:
        exponent -= 1
    units = mpmath.ldexp(magnitude, -exponent)
    whole = int(mpmath.nint(units))
    off = int(mpmath.nint((units - whole) * 65536))
    if whole >= 2 ** kind['bits']:
        whole, exponent, off = whole // 2, exponent + 1, off // 2
    if exponent + kind['bits'] > kind['high']:
        infinity = to_bits(math.inf, size)
        return infinity | (negative << (8 * size - 1)), 0
    value = math.ldexp(whole, exponent)
    off = -off if negative else off
    return to_bits(-value if negative else value, size), max(-32768, min(32767, off))

def exact(name, args):
    """To 120 bits at least."""
    args = [mpf(a) for a in args]
    previous = None
    for precision in (260, 520, 1500, 3000, 6000):
        with mp.workprec(precision):
            value = FUNCTIONS[name](*args)
        if previous is not None and (value == previous or abs(value - previous) <= abs(value) * mpf(2) ** -120):
            return value
        previous = value
    return value

def lgamma(x):
    if x > 0:
        return mpmath.loggamma(x)
    return mpmath.log(abs(mp.pi / (mpmath.sinpi(x) * x))) - mpmath.loggamma(-x)

def gamma(x):
    if x > 180:
        return mpf(2) ** 5000
    if x < -200:
        return mpf(2) ** -5000 * (1 if int(mpmath.floor(x)) % 2 == 0 else -1)
    return mpmath.gamma(x)

def capped(function, most):
    """What overflows anyway is not to be computed."""
    return lambda x: function(max(-most, min(most, x)))

FUNCTIONS = {
    'sin': mpmath.sin, 'cos': mpmath.cos, 'tan': mpmath.tan, 'asin': mpmath.asin, 'acos': mpmath.acos,
    'atan': mpmath.atan, 'atan2': mpmath.atan2, 'sinh': capped(mpmath.sinh, 2000), 'cosh': capped(mpmath.cosh, 2000),
    'tanh': capped(mpmath.tanh, 2000), 'asinh': lambda x: mpmath.asinh(x), 'acosh': mpmath.acosh, 'atanh': mpmath.atanh,
    'exp': capped(mpmath.exp, 2000), 'exp2': capped(lambda x: mpf(2) ** x, 3000), 'expm1': capped(mpmath.expm1, 2000),
    'log': mpmath.log, 'log2': lambda x: mpmath.log(x) / mpmath.log(2), 'log10': lambda x: mpmath.log(x) / mpmath.log(10),
    'log1p': mpmath.log1p, 'pow': lambda x, y: x ** y, 'hypot': lambda x, y: mpmath.sqrt(x * x + y * y),
    'cbrt': lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), 'erf': mpmath.erf,
    'erfc': lambda x: mpmath.erfc(min(x, mpf(200))), 'gamma': gamma, 'lgamma': lgamma,
}

TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 1

def around(points, size, width=2):
    """The floats next to these."""
    for point in points:
        value = narrow(point, size)
        if value is None:
            continue
        bits = to_bits(abs(value), size)
        for step in range(-width, width + 1):
            if 0 <= bits + step < to_bits(math.inf, size):
                yield math.copysign(from_bits(bits + step, size), point)

def spread(low, high, count, size, rng):
    """Log-spaced, with random mantissas."""
    # Of float32 the test takes more by itself.
    low, high, count = to_bits(low, size), to_bits(high, size), count * TIMES * size // 8
    for i in range(count):
        a, b = low + (high - low) * i // count, low + (high - low) * (i + 1) // count
        yield from_bits(rng.randrange(a, max(b, a + 1)), size)

def even(low, high, count, size, rng):
    count = count * TIMES * size // 8
    for i in range(count):
        yield narrow(low + (high - low) * (i + rng.random()) / count, size)

def worst_turns(size):
    """For every exponent the float that is nearest to a multiple of pi/2, by convergents of 2^e / (pi/2)."""
    kind = TYPES[size]
    with mp.workprec(2500):
        for e in range(-kind['bits'], kind['high'] - kind['bits'] + 1, 1 if size == 4 else 3):
            ratio = mpf(2) ** e / (mp.pi / 2)
            best = None
            a, (p0, q0, p1, q1) = ratio, (0, 1, 1, 0)
            while True:
                whole = int(mpmath.floor(a))
                p0, q0, p1, q1 = p1, q1, whole * p1 + p0, whole * q1 + q0
                if q1 >= 2 ** kind['bits']:
                    break
                if q1:
                    best = q1
                a = 1 / (a - whole)
            if best:
                # A multiple whose top bit is set, or the thing itself.
                yield math.ldexp(best, e)

def arguments(name, size, rng):
    big, small = from_bits(to_bits(math.inf, size) - 1, size), from_bits(1, size)
    normal = math.ldexp(1, -1022 if size == 8 else -126)
    out = []
    def both(values):
        for value in values:
            out.extend((value, -value))
    ends = {8: (709.782712893384, 744.4400719213812, 745.1332191019412, 710.4758600739439, 1024, 1074, 1075, 1022, 1023),
            4: (88.72284, 103.2789, 103.97208, 89.41599, 128, 149, 150, 126, 127)}[size]
    if name in ('sin', 'cos', 'tan'):
        both(spread(small, big, 150, size, rng))
        both(even(0, 8, 100, size, rng))
        both(spread(0.01, 1e3, 60, size, rng))
        both(spread(100.0, 1e10, 60, size, rng))
        out.extend(around((k * math.pi / 2 for k in (1, 2, 3, 4, 5, 6, 7, 8, 22, 44, 355, 710, 1000000)), size, 1))
        out.extend(around((k * math.pi / 4 for k in (1, 3, 5, 7, 9)), size, 1))
        out.extend(worst_turns(size))
        both(around((1e22, math.ldexp(1, 1023 if size == 8 else 127), 131072.0, 205887.4, 201.06, 268435456.0), size, 1))
    elif name in ('asin', 'acos', 'atanh'):
        both(spread(small, 1.0, 120, size, rng))
        both(even(0, 1, 150, size, rng))
        both(1 - value for value in spread(1e-15 if size == 8 else 1e-7, 0.5, 60, 8, rng))
        both(around((0.5, 0.25, 0.975, 0.75, normal), size))
        if name != 'atanh':
            out.extend((1.0, -1.0))
    elif name in ('atan', 'asinh', 'cbrt', 'erf'):
        both(spread(small, big, 120, size, rng))
        both(even(0, 7, 150, size, rng))
        both(spread(1e-3, 1e3, 80, size, rng))
        both(around((0.4375, 0.6875, 1.1875, 2.4375, 1, 2, 0.5, 0.84375, 1.25, 2.857142, 6, normal, small, big), size))
    elif name == 'acosh':
        out.extend(spread(1.0, big, 150, size, rng))
        out.extend(even(1, 8, 150, size, rng))
        out.extend(1 + value for value in spread(1e-15 if size == 8 else 1e-7, 1, 150, 8, rng))
        out.append(1.0)
    elif name in ('sinh', 'cosh', 'tanh', 'exp', 'exp2', 'expm1'):
        both(spread(small, 1.0, 60, size, rng))
        both(even(0, 1, 100, size, rng))
        both(even(0, 25, 120, size, rng))
        both(even(0, ends[7] * 1.01 if name == 'exp2' else ends[2] * 1.01, 120, size, rng))
        both(around(ends, size))
        both(around((k * math.log(2) / 2 for k in (1, 2, 3, 4, 5)), size))
        both(around((0.5, 1, 22, 20, 9, normal, big), size, 1))
        if name != 'exp2':
            both((k * 0.25 for k in range(1, 60)))
        else:
            both((k * 0.5 for k in range(1, 60)))
    elif name in ('log', 'log2', 'log10'):
        out.extend(spread(small, big, 300, size, rng))
        out.extend(even(0.3, 3, 200, size, rng))
        out.extend(around([1.0, 2 ** 0.5, 0.5 ** 0.5, 2.0, 0.5, normal, small, big], size, 4))
        both_sides = list(spread(1e-15 if size == 8 else 1e-7, 0.1, 60, 8, rng))
        out.extend([1 + value for value in both_sides] + [1 - value for value in both_sides])
        out.extend([10.0 ** k for k in range(-30, 31)] if name == 'log10' else [2.0 ** k for k in range(-40, 41)])
    elif name == 'log1p':
        both(spread(small, 1.0, 120, size, rng))
        out.extend(spread(1.0, big, 100, size, rng))
        out.extend(even(-1, 3, 300, size, rng))
        out.extend(value - 1 for value in spread(1e-15 if size == 8 else 1e-7, 0.3, 60, 8, rng))
        both(around((0.41421356, 0.29289321, 1e-8), size))
    elif name == 'erfc':
        both(spread(small, 30.0 if size == 8 else 12.0, 120, size, rng))
        both(even(0, 6, 150, size, rng))
        out.extend(even(0, 27.3 if size == 8 else 10.2, 200, size, rng))
        out.extend(around((0.84375, 1.25, 2.857142, 28, 6, 26.5432, 27.2262, 9.19455, 10.0543), size))
    elif name == 'gamma':
        out.extend(spread(small, 200.0 if size == 8 else 40.0, 120, size, rng))
        out.extend(-value for value in spread(small, 190.0 if size == 8 else 45.0, 120, size, rng))
        out.extend(even(-10, 20, 200, size, rng))
        out.extend(even(-185 if size == 8 else -42, 172 if size == 8 else 36, 200, size, rng))
        out.extend(float(k) for k in range(1, 40))
        out.extend(around((171.6243769, 35.0401, -0.5, -1.5, -170.5), size))
    elif name == 'lgamma':
        out.extend(spread(small, big, 120, size, rng))
        out.extend(-value for value in spread(small, 1e6 if size == 8 else 1e4, 120, size, rng))
        out.extend(even(0, 20, 200, size, rng))
        out.extend(even(-20, 0, 200, size, rng))
        out.extend(even(0.9, 2.1, 100, size, rng))
        out.extend(around((1.0, 2.0), size, 4))
        out.extend(around((-2.4570247382208006, -2.7476826467274127, -3.1435808883499798, -3.9552942848585979), size, 4))
    elif name == 'atan2':
        values = [1.0, 2.0, 0.5, 3.0, 1e-5, 1e5, normal, big, small]
        pairs = [(a, b) for a in values for b in values]
        tops, rights = [list(spread(small, big, 100, size, rng)) for _ in range(2)]
        pairs += list(zip(tops, rng.sample(rights, len(rights))))
        pairs += list(zip(even(0, 4, 120, size, rng), even(0, 4, 120, size, rng)))
        pairs += [(a, narrow(a * t, size)) for a, t in zip(spread(small, big, 80, size, rng), even(0, 3, 80, size, rng))]
        pairs = [(narrow(a, size), narrow(b, size)) for a, b in pairs if a is not None and b is not None]
        pairs = [p for p in pairs if None not in p]
        return [(a * rng.choice((1, -1)), b * rng.choice((1, -1))) for a, b in pairs]
    elif name == 'hypot':
        values = [1.0, 3.0, 4.0, 1e-5, normal, big, small, big / 2, big / 1.5]
        pairs = [(narrow(a, size), narrow(b, size)) for a in values for b in values]
        pairs += [(a, narrow(a * t, size)) for a, t in zip(spread(small, big, 200, size, rng), even(0, 3, 200, size, rng))]
        pairs += [(a, narrow(a * t, size)) for a, t in zip(spread(0.5, 2.0, 150, size, rng), spread(1e-9, 1.0, 150, size, rng))]
        pairs = [(narrow(a, size), narrow(b, size)) for a, b in pairs if a is not None and b is not None]
        return [p for p in pairs if None not in p]
    elif name == 'pow':
        pairs = list(zip(even(0, 10, 150, size, rng), even(-20, 20, 150, size, rng)))
        high = math.log(2) * (1030 if size == 8 else 130)
        def reach(x, t):
            """An exponent that leads to e^(high t)."""
            return narrow(high * t / math.log(x), size) if x not in (0, 1) else None
        for count, low, top in ((150, small, big), (120, 0.5, 2.0)):
            xs = list(spread(low, top, count, size, rng))
            pairs += [(x, reach(x, t)) for x, t in zip(xs, [rng.uniform(-1.06, 1.02) for _ in xs])]
        for count in range(100 * TIMES):
            x = narrow(1 + rng.choice((1, -1)) * math.ldexp(rng.random() + 0.5, -rng.randrange(1, TYPES[size]['bits'] - 1)), size)
            pairs.append((x, reach(x, rng.uniform(-1.06, 1.02))))
        pairs += [(float(a), float(b)) for a in (-3, -2, -1.5, 1.5, 2, 3, 10) for b in (-7, -3, -2, -1, 1, 2, 3, 5, 10, 21, 22, 25)]
        pairs += [(x, b) for x in spread(small, big, 40, size, rng) for b in (0.5, -0.5, 1 / 3, 2.0)]
        pairs += [(2.0, float(k) / 2) for k in range(-2150 if size == 8 else -300, 2050 if size == 8 else 258, 61 if size == 8 else 9)]
        pairs = [(narrow(x, size), narrow(y, size)) for x, y in pairs if x is not None and y is not None]
        return [p for p in pairs if None not in p]
    out = [narrow(value, size) for value in out if value is not None]
    if name in ('gamma', 'lgamma'):
        out = [value for value in out if value is not None and not (value <= 0 and value == math.floor(value))]
    if name in ('log', 'log2', 'log10'):
        out = [value for value in out if value is not None and value > 0]
    if name == 'acosh':
        out = [value for value in out if value is not None and value >= 1]
    if name in ('log1p', 'atanh'):
        out = [value for value in out if value is not None and value > -1 and (name != 'atanh' or value < 1)]
    return sorted({(value,) for value in out if value is not None and value != 0})

def main():
    blob = b''
    for name in FUNCTIONS:
        for size in (8, 4):
            rng = random.Random(name + str(size))
            rows = []
            for args in arguments(name, size, rng):
                bits, off = rounded(exact(name, args), size)
                rows.append((args, bits, off))
            word, count = TYPES[size]['word'], len(rows)
            arity = len(rows[0][0])
            blob += struct.pack('<8sBBH', name.encode(), size, arity, count)
            for place in range(arity):
                blob += struct.pack(f'<{count}{word}', *(to_bits(args[place], size) for args, _, _ in rows))
            blob += struct.pack(f'<{count}{word}', *(bits for _, bits, _ in rows))
            blob += struct.pack(f'<{count}h', *(off for _, _, off in rows))
            print(name, size, count, len(blob), flush=True)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'math.bin')
    open(sys.argv[2] if len(sys.argv) > 2 else path, 'wb').write(blob)

main()
