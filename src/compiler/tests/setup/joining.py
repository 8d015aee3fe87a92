import numpy as np
def setup(n):
    a = np.arange(n); b = np.ones(n, np.float32); m = np.arange(6).reshape(2, 3)
    return (np.concatenate([a, b]), np.concatenate((m, m)), np.concatenate((m, m), axis=1), np.stack([a, b]), np.stack([a, b], 1), np.stack((a, b), axis=-1), np.vstack([a, b]), np.hstack([a, b]), np.hstack([m, m]), np.column_stack([a, b]), np.tile(a[:3], 2), np.tile(m, (2, 2)), np.tile(a[:2], (2, 1)), np.repeat(a[:3], 2), np.repeat(m, 2), np.repeat(m, 2, axis=0), m.repeat(3, axis=1),
            np.concatenate([m, m], axis=None), np.vstack((m, m)), np.concatenate([[1, 2], [3.5]]))
