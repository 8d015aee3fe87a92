"""Edit distances

How many edits from one word to each of many others? The table of one pair is a serial
chain, but each word has a lane of its own. Why is `others` one column per word?

Try: a `row` of shape (count, letters + 1), its indices exchanged. Lanes now read far
apart: what do they gain?
"""
# parallax: size=5000 show=histogram
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def edit_distances(word, others):
    letters, count = others.shape
    row = np.empty((letters + 1, count), np.int16)
    for w in prange(count):
        for j in range(letters + 1):
            row[j, w] = j
        for i in range(word.size):
            diagonal = row[0, w]
            row[0, w] = i + 1
            for j in range(letters):
                change = diagonal + (word[i] != others[j, w])
                diagonal = row[j + 1, w]
                row[j + 1, w] = min(change, diagonal + 1, row[j, w] + 1)
    return row[letters]


def setup(n):
    rng = np.random.default_rng(21)
    word = rng.integers(0, 4, 20, dtype=np.uint8)
    return word, rng.integers(0, 4, (20, n), dtype=np.uint8)
