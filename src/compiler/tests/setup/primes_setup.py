import numpy as np
def setup(n):
    sieve = np.ones(n * 4, dtype=bool)
    sieve[:2] = False
    i = 2
    while i * i < n * 4:
        if sieve[i]:
            sieve[i * i::i] = False
        i += 1
    return sieve, np.nonzero(sieve)[0], sieve.sum()
