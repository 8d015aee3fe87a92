import numpy as np
def setup(n):
    a = np.arange(24)
    b = a.reshape(2, 3, 4)
    return (b, a.reshape(-1, 6), a.reshape((4, 6)), b.T, b.transpose(1, 0, 2), b.ravel(), b.T.ravel(), b.flatten(), b.T.flatten(), b.swapaxes(0, 2), np.transpose(a.reshape(4, 6)), np.reshape(a, (3, 8)), b.shape, b.size, b.ndim, len(b), b[0].T.reshape(2, 6), np.expand_dims(a, 1), b[:, :1].squeeze(), np.squeeze(a.reshape(1, 24)),
            np.moveaxis(b, 0, 2), a.reshape(2, -1).T.copy(), b.T.astype(np.float32), np.ascontiguousarray(b.T), b.nbytes, b.itemsize, np.ravel([[1, 2], [3, 4]]), np.shape(b), np.size(b), np.flip(a), np.flip(b, 1), np.fliplr(b[0]), np.roll(a, 5), np.roll(b, 1, axis=1), np.roll(b, -2))
