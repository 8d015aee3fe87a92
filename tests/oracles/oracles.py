"""Figures that NumPy computes for our references to be compared with.

    python tests/oracles/oracles.py        rewrites the .txt files beside this script

Needs numpy. The files are committed; run this only when a workload's definition changes.
"""
import pathlib
import numpy as np

HERE = pathlib.Path(__file__).parent
f32 = np.float32


def mandelbrot(n):
    """Step counts in float32, whole arrays at a time; one rounding per operation."""
    step = f32(2.5 / n)
    cr = np.broadcast_to(f32(-2.0) + np.arange(n, dtype=f32) * step, (n, n))
    ci = np.broadcast_to((f32(-1.25) + np.arange(n, dtype=f32) * step)[:, None], (n, n))
    zr = np.zeros((n, n), f32)
    zi = np.zeros((n, n), f32)
    counts = np.zeros((n, n), np.uint64)
    live = np.ones((n, n), bool)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(256):
            zr2, zi2 = zr * zr, zi * zi
            live &= zr2 + zi2 <= f32(4)
            zi = f32(2) * zr * zi + ci
            zr = zr2 - zi2 + cr
            counts += live
    return counts.ravel()


with open(HERE / "mandelbrot.txt", "w") as out:
    for n in (1, 7, 64, 257, 512):
        c = mandelbrot(n)
        place = np.arange(c.size, dtype=np.uint64) % np.uint64(65521)
        print(n, int(c.sum()), int((c * place).sum()), file=out)

with open(HERE / "matmul.txt", "w") as out:
    for n in (1, 3, 4, 65, 128):
        i = np.arange(n)
        a = ((i[:, None] + 2 * i[None, :]) % 7).astype(np.int64)
        b = ((3 * i[:, None] + i[None, :]) % 5).astype(np.int64)
        c = (a @ b).ravel()
        print(n, int(c.sum()), int((c * (np.arange(c.size) % 1009)).sum()), file=out)


def darts(n, seed):
    """Hits among n darts: pcg4d of the counter and the seed, four darts a counter."""
    u32 = np.uint32
    a, c = u32(1664525), u32(1013904223)
    x = np.arange((n + 3) // 4, dtype=u32)
    y, z, w = (np.full_like(x, v) for v in (0x64617274, seed & 0xFFFFFFFF, seed >> 32))
    x, y, z, w = (v * a + c for v in (x, y, z, w))
    for last in (False, True):
        x = x + y * w
        y = y + z * x
        z = z + x * y
        w = w + y * z
        if not last:
            x, y, z, w = (v ^ (v >> u32(16)) for v in (x, y, z, w))
    words = np.stack([x, y, z, w], axis=1).ravel()[:n] | u32(0x00010001)
    halves = words.view(np.int16).astype(np.int64).reshape(-1, 2)
    return int(((halves**2).sum(axis=1) < 2**30).sum())


with open(HERE / "monte-carlo.txt", "w") as out:
    for n, seed in ((1, 1), (7, 42), (4097, 42), (100_000, 2**40 + 5), (1_000_000, 1)):
        print(n, seed, darts(n, seed), file=out)


def pull(n, body):
    """The pull on one body in f64, at places that are exact fractions."""
    i = np.arange(n)
    at = np.stack([(i * step) % 101 / 32.0 for step in (7, 13, 29)])
    d = at - at[:, [body]]
    r2 = (d * d).sum(axis=0) + np.float64(f32(1e-3))
    return (d / r2**1.5).sum(axis=1)


with open(HERE / "nbody.txt", "w") as out:
    for n, body in ((2, 0), (50, 49), (300, 7), (4096, 1234)):
        print(n, body, *(repr(float(v)) for v in pull(n, body)), file=out)
