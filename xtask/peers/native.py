"""What a user would run natively instead: NumPy and Numba on the work of a race.

    python native.py TASK

TASK is a JSON object: workload, n, seed, threads, spots, seconds, sample_ms, fewest, most.
Prints JSON lines: {"doing": LANE} when a lane begins, then its figures, or why it has none.
The code is what its users write; `cargo xtask bench --peers` checks the outputs, so that
this file judges nothing. The sampling rules are the same as in browser.js.
"""

import json
import math
import sys
import time

import numba
import numpy as np
from numba import njit, prange

f32 = np.float32


def orbits(n):
    """Steps that each pixel stays bounded; as src/workloads/mandelbrot/kernel.py."""
    out = np.empty((n, n), np.uint32)
    step = f32(2.5 / n)
    for y in prange(n):
        ci = f32(-1.25) + f32(y) * step
        for x in range(n):
            cr = f32(-2.0) + f32(x) * step
            zr = f32(0)
            zi = f32(0)
            steps = 0
            while steps < 256:
                zr2 = zr * zr
                zi2 = zi * zi
                if zr2 + zi2 > f32(4):
                    break
                zi = f32(2) * zr * zi + ci
                zr = zr2 - zi2 + cr
                steps += 1
            out[y, x] = steps
    return out


def orbits_numpy(n):
    """The same with whole arrays: escaped pixels are left out by a mask."""
    step = f32(2.5 / n)
    ticks = np.arange(n, dtype=f32)
    c = (f32(-2.0) + ticks * step)[None, :] + 1j * (f32(-1.25) + ticks * step)[:, None]
    c = c.astype(np.complex64)
    z = np.zeros_like(c)
    live = np.ones(c.shape, bool)
    out = np.zeros(c.shape, np.uint32)
    # Orbits that have escaped are left as they are, so nothing overflows.
    for _ in range(256):
        live &= z.real**2 + z.imag**2 <= 4
        out += live
        z[live] = z[live] * z[live] + c[live]
    return out


def greatest(n):
    """The greatest of cos(r) / (1 + r); as src/workloads/map-reduce/kernel.py."""
    step = f32(6.0 / max(n - 1, 1))
    best = f32(-1)
    for j in prange(n):
        y = f32(-3) + f32(j) * step
        row = f32(-1)
        for i in range(n):
            x = f32(-3) + f32(i) * step
            r = x * x + y * y
            row = max(row, f32(math.cos(r)) / (f32(1) + r))
        best = max(best, row)
    return best


def greatest_numpy(n):
    grid = np.linspace(-3, 3, n, dtype=f32)
    x, y = np.meshgrid(grid, grid)
    r = x * x + y * y
    return np.max(np.cos(r) / (1 + r))


def heat(field):
    """Ten sweeps; as src/workloads/heat/kernel.py."""
    a = field.copy()
    b = field.copy()
    h, w = field.shape
    for sweep in range(10):
        for y in prange(1, h - 1):
            for x in range(1, w - 1):
                b[y, x] = f32(0.25) * (a[y - 1, x] + a[y + 1, x] + a[y, x - 1] + a[y, x + 1])
        a, b = b, a
    return a


def heat_numpy(field):
    a = field.copy()
    b = field.copy()
    for _ in range(10):
        b[1:-1, 1:-1] = f32(0.25) * (a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:])
        a, b = b, a
    return a


def pulls(x, y, z):
    """All pairs; as src/workloads/nbody/kernel.py."""
    n = x.size
    a = np.empty((n, 3), f32)
    for i in prange(n):
        ax = f32(0)
        ay = f32(0)
        az = f32(0)
        xi = x[i]
        yi = y[i]
        zi = z[i]
        for j in range(n):
            dx = x[j] - xi
            dy = y[j] - yi
            dz = z[j] - zi
            d = dx * dx + dy * dy + dz * dz + f32(1e-3)
            k = f32(1) / (d * f32(math.sqrt(d)))
            ax += dx * k
            ay += dy * k
            az += dz * k
        a[i, 0] = ax
        a[i, 1] = ay
        a[i, 2] = az
    return a


def pulls_numpy(x, y, z):
    """The same, 256 bodies at a time, so that the pairs' arrays stay small."""
    p = np.stack([x, y, z], 1)
    a = np.empty_like(p)
    for i in range(0, p.shape[0], 256):
        d = p[None] - p[i : i + 256, None]
        r2 = (d * d).sum(-1) + f32(1e-3)
        a[i : i + 256] = (d / (r2 * np.sqrt(r2))[..., None]).sum(1)
    return a


CHUNKS = 256


def darts(n):
    """Pi from n darts: xorshift with a state for each of 256 chunks."""
    # Numba widens what is shifted; the generator is one of 32 bits.
    total = 0
    for c in prange(CHUNKS):
        s = np.uint32(0x9E3779B9) * np.uint32(c + 1)
        hits = 0
        for _ in range((c + 1) * n // CHUNKS - c * n // CHUNKS):
            s = np.uint32(s ^ (s << np.uint32(13)))
            s = np.uint32(s ^ (s >> np.uint32(17)))
            s = np.uint32(s ^ (s << np.uint32(5)))
            x = f32(s) * f32(2.3283064e-10)
            s = np.uint32(s ^ (s << np.uint32(13)))
            s = np.uint32(s ^ (s >> np.uint32(17)))
            s = np.uint32(s ^ (s << np.uint32(5)))
            y = f32(s) * f32(2.3283064e-10)
            if x * x + y * y <= f32(1):
                hits += 1
        total += hits
    return 4.0 * total / n


def darts_numpy(n):
    """A million darts at a time, so that their arrays stay small."""
    random = np.random.default_rng(1)
    hits = 0
    for first in range(0, n, 1 << 20):
        x, y = random.random((2, min(1 << 20, n - first)), dtype=f32)
        hits += np.count_nonzero(x * x + y * y <= 1)
    return 4.0 * hits / n


def numbers(count, seed, stream):
    """Numbers from -1 to 1 by a hash of their place; as browser.js and check.rs make them."""
    x = np.arange(count, dtype=np.uint32)
    x = x * np.uint32(2654435761) + np.uint32((seed * 2 + stream) % 2**32)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x2C1B3C6D)
    x ^= x >> np.uint32(12)
    return (x >> np.uint32(8)).astype(f32) * f32(2.0**-23) - f32(1)


def compiled(kernel, numpy_kernel, arguments, threads, **options):
    """The three lanes of a kernel that NumPy and Numba both have."""
    serial, parallel = njit(**options)(kernel), njit(parallel=True, **options)(kernel)
    return [
        ("numpy", "numpy", 1, lambda: numpy_kernel(*arguments)),
        ("numba", "serial", 1, lambda: serial(*arguments)),
        ("numba", "parallel", threads, lambda: parallel(*arguments)),
    ]


def lanes(task):
    """(peer, back end, threads, function or why there is none)."""
    n, seed, threads = task["n"], task["seed"], task["threads"]
    if task["workload"] == "mandelbrot":
        return compiled(orbits, orbits_numpy, [n], threads)
    if task["workload"] == "map-reduce":
        return compiled(greatest, greatest_numpy, [n], threads)
    if task["workload"] == "heat":
        field = numbers(n * n, seed, 0).reshape(n, n)
        return compiled(heat, heat_numpy, [field], threads)
    if task["workload"] == "nbody":
        bodies = [numbers(n, seed, stream) for stream in (0, 1, 2)]
        return compiled(pulls, pulls_numpy, bodies, threads, fastmath=True)
    if task["workload"] == "monte-carlo":
        return compiled(darts, darts_numpy, [n], threads)
    if task["workload"] == "matmul":
        a, b = (numbers(n * n, seed, stream).reshape(n, n) for stream in (0, 1))
        return [
            ("numpy", "numpy", threads, lambda: a @ b),
            ("numba", "parallel", threads, "its users call NumPy's product, which is measured"),
        ]
    why = "not written for this peer"
    return [("numpy", "numpy", 1, why), ("numba", "parallel", threads, why)]


def look(task, output):
    """What is checked: how often each count occurs, the one number, or some of the elements."""
    if task["workload"] == "mandelbrot":
        return np.bincount(output.ravel(), minlength=257).tolist()
    if np.ndim(output) == 0:
        return [float(output)]
    if task["workload"] == "nbody":
        # The three components together.
        bodies = np.array(task["spots"]) % task["n"]
        return output[bodies].astype(float).sum(axis=1).tolist()
    return output.ravel()[task["spots"]].astype(float).tolist()


def measure(task, once):
    """Cold, warm-up, then samples of at least sample_ms within the lane's seconds."""
    clock = time.perf_counter
    begun = clock()
    output = look(task, once())
    cold_ms = (clock() - begun) * 1e3
    begun, runs = clock(), 0
    cut = False
    while runs < 5 or clock() - begun < 0.3:
        if runs and clock() - begun > task["seconds"] / 5:
            cut = True
            break
        once()
        runs += 1
    warm_ms = (clock() - begun) * 1e3 / runs
    batch = max(1, int(np.ceil(task["sample_ms"] / warm_ms)))
    begun, samples = clock(), []
    while len(samples) < task["most"]:
        spent = clock() - begun
        enough = task["fewest"] if spent < 8 * task["seconds"] else 1
        if spent > task["seconds"] and len(samples) >= enough:
            break
        start = clock()
        for _ in range(batch):
            once()
        samples.append((clock() - start) * 1e3 / batch)
    return {"cold_ms": cold_ms, "samples": samples, "cut": cut, "output": output}


def main():
    task = json.loads(sys.argv[1])
    numba.set_num_threads(min(task["threads"], numba.config.NUMBA_NUM_THREADS))
    for peer, backend, threads, work in lanes(task):
        row = {"peer": peer, "backend": backend, "form": "python", "threads": threads}
        if isinstance(work, str):
            row["skipped"] = work
        else:
            print(json.dumps({"doing": f"{peer} {backend}"}), flush=True)
            try:
                row.update(measure(task, work))
            except Exception as error:  # a lane that breaks is a row; the others go on
                row["failed"] = f"{type(error).__name__}: {error}"
        print(json.dumps(row), flush=True)


main()
