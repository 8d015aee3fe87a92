# Polynomials that are nearly as near as can be to a function on an interval, relative to a weight, their
# coefficients rounded to the type that they are used in: what is lost by rounding one of the first, those after it
# make up for. Prints the coefficients that `expand` has from here.
#
#     python minimax.py        (mpmath 1.4.1)
import struct
import mpmath
from mpmath import mp, mpf

mp.prec = 160

def float32(value):
    return mpf(struct.unpack('<f', struct.pack('<f', float(value)))[0])

def fit(f, weight, low, high, powers):
    """Coefficients c_k of x^powers[k] by least squares of (sum - f) / weight at Chebyshev's points."""
    count = 8 * len(powers) + 1
    xs = [(low + high) / 2 - (high - low) / 2 * mpmath.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    rows = mpmath.matrix([[x ** power / weight(x) for power in powers] for x in xs])
    solved = mpmath.lu_solve(rows, mpmath.matrix([f(x) / weight(x) for x in xs]))
    return [solved[k] for k in range(len(powers))]

def minimax(name, f, weight, low, high, powers, rounded=float):
    low, high = mpf(low), mpf(high)
    fixed = []
    for _ in range(len(powers)):
        rest = powers[len(fixed):]
        known = lambda x: sum(c * x ** p for c, p in zip(fixed, powers))
        coefficients = fit(lambda x: f(x) - known(x), weight, low, high, rest)
        fixed.append(mpf(rounded(coefficients[0])))
    xs = [low + (high - low) * i / 1000 for i in range(1001)]
    most = max(abs((sum(c * x ** p for c, p in zip(fixed, powers)) - f(x)) / weight(x)) for x in xs)
    print(name, [float(c) for c in fixed], 'within 2^', mpmath.nstr(mpmath.log(most, 2), 5), flush=True)

if __name__ == '__main__':
    ln2 = mpmath.log(2)
    def log2_by_s(z):
        s = mpmath.sqrt(z)
        return 2 * mpmath.atanh(s) / s / ln2
    minimax('EXP2_32', lambda x: mpmath.expm1(x * ln2) / x if x else ln2, lambda x: 1, -0.5001, 0.5001, list(range(6)), float32)
    minimax('EXP2_32', lambda x: mpmath.expm1(x * ln2) / x if x else ln2, lambda x: 1, -0.5001, 0.5001, list(range(7)), float32)
    minimax('LOG2_32', log2_by_s, lambda x: 1, 1e-12, 0.02945, list(range(6)))
    minimax('LOG2_32', log2_by_s, lambda x: 1, 1e-12, 0.02945, list(range(7)))
    minimax('EXP2_FOR_32', lambda x: 2 ** x, lambda x: 1, -0.5001, 0.5001, list(range(7)))
    minimax('EXP2_FOR_32', lambda x: 2 ** x, lambda x: 1, -0.5001, 0.5001, list(range(8)))
    minimax('CBRT', lambda x: mpmath.cbrt(x), lambda x: 1, 0.70710, 1.41422, list(range(4)))
    minimax('ERFC_1', lambda s: (mpmath.erfc(1 + s) - mpmath.erfc(1)) / s if s else -2 / mpmath.sqrt(mp.pi) / mp.e, lambda s: 1, -0.15626, 0.25001, list(range(13)))
    print('erfc 1 =', float(mpmath.erfc(1)), '+', float(mpmath.erfc(1) - mpf(float(mpmath.erfc(1)))))
