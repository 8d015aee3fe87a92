import numpy as np
def setup(n):
    r = np.random.default_rng(12)
    a = r.random((n + 3, 37)); b = r.random((5, n, 11)).astype(np.float32); c = r.random((300, 3)); d = r.random((3, 300))
    return (a.sum(), a.sum(0), a.sum(1), a.sum(axis=-1), b.sum(), b.sum(0), b.sum(1), b.sum(2), c.sum(0), c.sum(1), d.sum(0), d.sum(1), a.T.sum(0), a.T.sum(1), a.T.sum(), a[:, ::2].sum(), a[::2].sum(), a[::2].sum(1), a[:, 3:20].sum(), a[:, 3:20].sum(0),
            c[:, 1].sum(), c[:, :2].sum(), b[:, :, 2:5].sum(0), b[:, ::2, :].sum(1), a[::-1].sum(), a[:, ::-1].sum(1), a[:, ::-1].sum(), a[:, :1].sum(), a[:, :1].sum(0), b.transpose(1, 0, 2).sum(0), b.transpose(2, 0, 1).sum(1), a.sum(0, keepdims=True), a.sum(axis=1, keepdims=True), np.asarray(a[::-1, ::-1]).sum(), a[::-1].sum(0), a.T[::-1].sum(0))
