def setup(n):
    a = n > 3 and n < 100
    b = not a or n == 5
    c = 1 < n <= 1000 != 7
    d = n or 5
    e = 0 or None
    f = 1.5 if n % 2 else -1.5
    g = n in (1, 2, 64), n not in [64], 3 in range(0, 9, 3), e is None, d is not None
    return a, b, c, d, f, g, 1 == 1.0, 2 ** 53 + 1 == 2.0 ** 53, 3 < 3.5, float('nan') == float('nan')
