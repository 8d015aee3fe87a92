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
u32 = np.uint32


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
    """The greatest cos(r) / (1 + r) on a grid from -3 to 3."""
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
    """The same with whole arrays; the sum of squares by broadcasting."""
    squares = np.linspace(-3, 3, n, dtype=f32) ** 2
    r = squares[:, None] + squares
    return np.max(np.cos(r) / (1 + r))


def sweeps(field):
    """Ten times the mean of the four neighbours, with the edges held."""
    a = field.copy()
    b = field.copy()
    h, w = field.shape
    for _ in range(10):
        for y in prange(1, h - 1):
            for x in range(1, w - 1):
                b[y, x] = f32(0.25) * (a[y - 1, x] + a[y + 1, x] + a[y, x - 1] + a[y, x + 1])
        a, b = b, a
    return a


def sweeps_numpy(field):
    """The same with whole arrays."""
    a = field.copy()
    b = field.copy()
    for _ in range(10):
        b[1:-1, 1:-1] = f32(0.25) * (a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:])
        a, b = b, a
    return a


def pulls(x, y, z):
    """The pull of all bodies on each, softened."""
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
    """The same, some bodies at a time, so that their pairs stay in a cache."""
    a = np.empty((x.size, 3), f32)
    for i in range(0, x.size, 16):
        some = slice(i, i + 16)
        dx, dy, dz = (p - p[some, None] for p in (x, y, z))
        d = dx * dx + dy * dy + dz * dz + f32(1e-3)
        k = 1 / (d * np.sqrt(d))
        for axis, delta in enumerate((dx, dy, dz)):
            a[some, axis] = (delta * k).sum(1)
    return a


def pi(n):
    """Four times the share of darts within the circle, from 256 streams of xorshift32."""
    hits = 0
    for stream in prange(256):
        # Numba's products of 32-bit integers have 64 bits.
        state = u32(u32(0x9E3779B9) * u32(stream + 1))
        within = 0
        for _ in range(n * stream // 256, n * (stream + 1) // 256):
            state = xorshift(state)
            x = f32(state) * f32(2.0**-32)
            state = xorshift(state)
            y = f32(state) * f32(2.0**-32)
            if x * x + y * y <= f32(1):
                within += 1
        hits += within
    return 4.0 * hits / n


@njit
def xorshift(state):
    state = u32(state ^ (state << u32(13)))
    state = u32(state ^ (state >> u32(17)))
    return u32(state ^ (state << u32(5)))


def pi_numpy(n, seed):
    """The same by its own generator, in blocks that stay in a cache."""
    random = np.random.default_rng(seed)
    hits = 0
    for first in range(0, n, 1 << 16):
        x, y = random.random((2, min(1 << 16, n - first)), dtype=f32)
        hits += np.count_nonzero(x * x + y * y <= 1)
    return 4.0 * hits / n


def numbers(count, seed, stream):
    """Numbers from -1 to 1 by a hash of their place; as browser.js and check.rs make them."""
    x = np.arange(count, dtype=u32)
    x = x * u32(2654435761) + u32((seed * 2 + stream) % 2**32)
    x ^= x >> u32(15)
    x *= u32(0x2C1B3C6D)
    x ^= x >> u32(12)
    return (x >> u32(8)).astype(f32) * f32(2.0**-23) - f32(1)


def lanes(task):
    """(peer, back end, threads, function or why there is none)."""
    n, seed, threads = task["n"], task["seed"], task["threads"]

    def both(numpy, kernel, *args, **options):
        serial = njit(**options)(kernel)
        parallel = njit(parallel=True, **options)(kernel)
        return [
            ("numpy", "numpy", 1, numpy),
            ("numba", "serial", 1, lambda: serial(*args)),
            ("numba", "parallel", threads, lambda: parallel(*args)),
        ]

    match task["workload"]:
        case "mandelbrot":
            return both(lambda: orbits_numpy(n), orbits, n)
        case "matmul":
            a, b = (numbers(n * n, seed, stream).reshape(n, n) for stream in (0, 1))
            return [
                ("numpy", "numpy", threads, lambda: a @ b),
                ("numba", "parallel", threads, "its users call NumPy's product, which is measured"),
            ]
        case "map-reduce":
            return both(lambda: greatest_numpy(n), greatest, n)
        case "heat":
            field = (numbers(n * n, seed, 0).reshape(n, n) + f32(1)) / f32(2)
            return both(lambda: sweeps_numpy(field), sweeps, field)
        case "nbody":
            places = [f32(2) * numbers(n, seed, stream) for stream in range(3)]
            # Python's model of errors asks at every pair whether it divides by zero, which keeps
            # the serial code from vectors: 41 ms, and 4 without. The parallel code never asks.
            options = {"fastmath": True, "error_model": "numpy"}
            return both(lambda: pulls_numpy(*places), pulls, *places, **options)
        case "monte-carlo":
            return both(lambda: pi_numpy(n, seed), pi, n)
    why = "not written for this peer"
    return [("numpy", "numpy", 1, why), ("numba", "parallel", threads, why)]


def look(task, output):
    """What is checked: how often each count occurs, one number, or some of the elements."""
    match task["workload"]:
        case "mandelbrot":
            return np.bincount(output.ravel(), minlength=257).tolist()
        case "map-reduce" | "monte-carlo":
            return [float(output)]
        case "nbody":
            return output[task["spots"]].ravel().astype(float).tolist()
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
