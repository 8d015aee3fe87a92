"""K-means clusters

Each point looks for the nearest of a few centres, then centres move to the mean of
their points. One half is parallel at once: which one is not, and why?

Try: write `prange` for `range` in the loop that sums up. What does the compiler say?
"""
# parallax: size=50000 show=scatter tolerance=1e-4
import numpy as np
from numba import njit, prange


@njit(parallel=True)
def k_means(points, first, rounds):
    centres = first.copy()
    label = np.empty(points.shape[0], np.int32)
    for _ in range(rounds):
        for i in prange(points.shape[0]):
            nearest = np.float32(np.inf)
            for k in range(centres.shape[0]):
                dx = points[i, 0] - centres[k, 0]
                dy = points[i, 1] - centres[k, 1]
                distance = dx * dx + dy * dy
                if distance < nearest:
                    nearest = distance
                    label[i] = k
        total = np.zeros_like(centres)
        count = np.zeros(centres.shape[0], np.float32)
        for i in range(points.shape[0]):
            total[label[i], 0] += points[i, 0]
            total[label[i], 1] += points[i, 1]
            count[label[i]] += np.float32(1)
        for k in range(centres.shape[0]):
            if count[k] > np.float32(0):
                centres[k] = total[k] / count[k]
    return centres, label


def setup(n):
    points = np.random.default_rng(8).standard_normal((n, 2)).astype(np.float32)
    return points, points[:20].copy(), 10
