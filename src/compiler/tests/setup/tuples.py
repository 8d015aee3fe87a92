def setup(n):
    t = (1, 2.5, (n, True))
    a, b, (c, d) = t
    x, y = y0, x0 = n, n + 1
    x, y = y, x
    [p, q] = [x, y]
    u = t + (9,)
    return a, b, c, d, x, y, p, q, u[-1], len(u), t[2][0], u[1:3], (1, 2) * 2, (1, 2) == (1, 2.0), y0, x0
