import numpy as np
def setup(n):
    r = np.random.default_rng(3)
    a = np.arange(n) * 3; m = np.arange(20).reshape(5, 4); f = np.linspace(0, 1, n)
    r.shuffle(a)
    r.shuffle(m)
    r.shuffle(f)
    return a, m, f, r.permutation(n), r.permutation(a), r.permutation(m), r.permutation([3, 1, 2]), r.choice(10, 5), r.choice(f, size=(2, 3)), r.choice([1.5, 2.5], 4), r.choice(5), r.random(), r.permutation(np.int8([1, 2, 3]))
