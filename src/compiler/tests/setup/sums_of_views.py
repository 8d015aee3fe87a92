import numpy as np
def setup(n):
    r = np.random.default_rng(31)
    a = r.random((300, 101)); b = r.random((5, 9001)); c = r.random((10, 100, 201)); d = r.random((40, 30, 21)).astype(np.float32); e = r.random((9000, 5)); f = r.random((3, 20000)).astype(np.float32)
    return (a[:, 1:].sum(), a[::-1].sum(), a[:, ::-1].sum(), a[:, ::2].sum(), b[:, 1:].sum(), c[..., ::2].sum(), c[:, 1:, 1:].sum(), c[:, ::3].sum(), c[:, :, :7].sum(), d[..., 1:].sum(), d[:, ::2, 3:].sum(), d.transpose(2, 0, 1)[1:].sum(), e[:, 1:].sum(), f[:, ::3].sum(), a.T[1:].sum(), c[:, 1:, 1:].mean(),
            np.sum(f, dtype=np.float64), np.sum(f[:, 1:], dtype=np.float64), np.sum(d[..., 1:], dtype=np.float64), (a[:, 1:] * 1000).astype(np.int32)[:, 1:].mean(), f.mean(), a[5:, ::-1].sum(1), a[::-1, 3:].sum(0), c[:, 1:, 1:].sum(0), c[:, 1:, 1:].sum(1), c[:, 1:, 1:].sum(2), c[::-1, ::-1, ::-1].sum(1), c.transpose(2, 0, 1).sum(0), c.transpose(1, 2, 0).sum(1), f[:, 1:].sum(1), f.T.sum(0), np.sum(f, axis=1, dtype=np.float64), np.sum(f.T, axis=1, dtype=np.float64), np.sum(d, axis=1, dtype=np.float64), f[0].var(), d.std(1))
