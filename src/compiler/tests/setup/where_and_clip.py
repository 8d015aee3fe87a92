import numpy as np
def setup(n):
    x = np.linspace(-2, 2, n); i = np.arange(-5, 5)
    return (np.where(x > 0, x, 0), np.where(i > 0, i, np.float32(2.5)), np.where(i % 2 == 0, 1, -1), np.where(x[:, None] > 0, i, 0.5), np.clip(x, -1, 1), np.clip(i, 0, 3), x.clip(0, None), np.clip(i.astype(np.float32), -2, 2), np.clip(5, 0, 3), i.clip(max=2),
            np.round(x, 2), np.round(x), x.astype(np.float32).round(1), np.around(2.5), np.clip(x, np.zeros(n), 1.5), np.where(i > 0, i, 1.5), np.where(i.astype(np.int8) > 0, i.astype(np.int8), 3))
