# Polynomials that are as near as possible to a function on an interval, relative to a weight (Remez' exchange), their
# coefficients rounded one after the other to the type that they are used in: what is lost by rounding one, those
# after it make up for. Prints the coefficients that `expand` has from here.
#
#     python minimax.py        (mpmath 1.4.1)
import struct
import mpmath
from mpmath import mp, mpf

mp.prec = 160

def float32(value):
    return mpf(struct.unpack('<f', struct.pack('<f', float(value)))[0])

def remez(f, weight, low, high, powers):
    """Coefficients c_k of x^powers[k] with the least greatest |sum - f| / weight, and that."""
    count = len(powers) + 1
    points = [(low + high) / 2 - (high - low) / 2 * mpmath.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    for _ in range(12):
        rows = mpmath.matrix(count, count)
        right = mpmath.matrix(count, 1)
        for i, x in enumerate(points):
            for k, power in enumerate(powers):
                rows[i, k] = x ** power
            rows[i, count - 1] = (-1) ** i * weight(x)
            right[i] = f(x)
        solved = mpmath.lu_solve(rows, right)
        coefficients = [solved[k] for k in range(len(powers))]
        def error(x):
            return (sum(c * x ** p for c, p in zip(coefficients, powers)) - f(x)) / weight(x)
        grid = 60 * count
        xs = [low + (high - low) * (1 - mpmath.cos(mp.pi * i / grid)) / 2 for i in range(grid + 1)]
        values = [error(x) for x in xs]
        extremes = []
        for i, x in enumerate(xs):
            left = i == 0 or abs(values[i]) >= abs(values[i - 1]) or values[i] * values[i - 1] < 0
            after = i == grid or abs(values[i]) >= abs(values[i + 1]) or values[i] * values[i + 1] < 0
            if left and after:
                if extremes and values[i] * values[extremes[-1]] > 0:
                    if abs(values[i]) > abs(values[extremes[-1]]):
                        extremes[-1] = i
                else:
                    extremes.append(i)
        while len(extremes) > count:
            extremes.pop(0 if abs(values[extremes[0]]) < abs(values[extremes[-1]]) else -1)
        if len(extremes) < count:
            break
        points = [xs[i] for i in extremes]
    return coefficients, max(abs(v) for v in values)

def minimax(name, f, weight, low, high, powers, rounded=float):
    low, high = mpf(low), mpf(high)
    fixed = []
    while len(fixed) < len(powers):
        rest = powers[len(fixed):]
        known = lambda x: sum(c * x ** p for c, p in zip(fixed, powers))
        try:
            coefficients, most = remez(lambda x: f(x) - known(x), weight, low, high, rest)
        except ZeroDivisionError:
            # Too few are left for an exchange: those of the last one.
            coefficients = coefficients[1:]
        fixed.append(mpf(rounded(coefficients[0])))
    print(name, [float(c) for c in fixed], 'within 2^', mpmath.nstr(mpmath.log(most, 2), 5), flush=True)

if __name__ == '__main__':
    ln2 = mpmath.log(2)
    def log2_by_s(z):
        s = mpmath.sqrt(z)
        return 2 * mpmath.atanh(s) / s / ln2
    minimax('EXP2_32', lambda x: mpmath.expm1(x * ln2) / x if x else ln2, lambda x: 1 / (abs(x) + mpf(1e-3)), -0.5001, 0.5001, list(range(6)), float32)
    minimax('EXP2_32', lambda x: mpmath.expm1(x * ln2) / x if x else ln2, lambda x: 1 / (abs(x) + mpf(1e-3)), -0.5001, 0.5001, list(range(7)), float32)
    minimax('LOG2_32', log2_by_s, lambda x: 1, 1e-12, 0.02945, list(range(6)))
    minimax('LOG2_32', log2_by_s, lambda x: 1, 1e-12, 0.02945, list(range(7)))
    minimax('EXP2_FOR_32', lambda x: 2 ** x, lambda x: 1, -0.5001, 0.5001, list(range(7)))
    minimax('EXP2_FOR_32', lambda x: 2 ** x, lambda x: 1, -0.5001, 0.5001, list(range(8)))
    minimax('CBRT', lambda x: mpmath.cbrt(x), lambda x: 1, 0.70710, 1.41422, list(range(4)))
