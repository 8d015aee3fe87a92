import numpy as np
def setup(n):
    a = []
    for i in range(n):
        a.append(i * i)
    b = [0.0] * 5
    b[2] = 1.5
    b[-1] = n
    c = a + [1, 2]
    c += [3]
    c.extend((4, 5))
    c[0] += 7
    last = c.pop()
    nested = [[1, 2], [3, 4]]
    nested[1][0] = n
    return np.array(a), np.array(b), np.array(c), last, np.array(nested), len(c), sum(a), min(a), max(a), c[3:9:2][1], np.array(c[::-1]), a.index(4), np.array(sorted([3, 1.5, 2]))
