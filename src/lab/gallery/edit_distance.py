"""Edit distances

How many edits from one word to each of many others? The table of one pair is a serial
chain. What else can be done at once?

Try: a word of 100 letters for 20, with a size of 200. Same work: who gains?
"""
# parallax: size=5000 show=histogram
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def edit_distances(word, others):
    count, letters = others.shape
    distance = np.empty(count, np.int32)
    row = np.empty((count, letters + 1), np.int16)
    for w in prange(count):
        for j in range(letters + 1):
            row[w, j] = j
        for i in range(word.size):
            diagonal = row[w, 0]
            row[w, 0] = i + 1
            for j in range(letters):
                change = diagonal + (0 if word[i] == others[w, j] else 1)
                diagonal = row[w, j + 1]
                row[w, j + 1] = min(change, diagonal + 1, row[w, j] + 1)
        distance[w] = row[w, letters]
    return distance


def setup(n):
    rng = np.random.default_rng(21)
    word = rng.integers(0, 4, 20, dtype=np.int32)
    return word, rng.integers(0, 4, (n, 20), dtype=np.int32)
