"""What a user would run natively instead: NumPy and Numba on the work of a race.

    python native.py TASK

TASK is a JSON object: workload, n, seed, threads, spots, seconds, sample_ms, fewest, most.
Prints JSON lines: {"doing": LANE} when a lane begins, then its figures, or why it has none.
The code is what its users write; `cargo xtask bench --peers` checks the outputs, so that
this file judges nothing. The sampling rules are the same as in browser.js.
"""

import json
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


def factor(n, seed, stream):
    """Numbers from -1 to 1 by a hash of their place; as browser.js and check.rs make them."""
    x = np.arange(n * n, dtype=np.uint32)
    x = x * np.uint32(2654435761) + np.uint32((seed * 2 + stream) % 2**32)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x2C1B3C6D)
    x ^= x >> np.uint32(12)
    return ((x >> np.uint32(8)).astype(f32) * f32(2.0**-23) - f32(1)).reshape(n, n)


def lanes(task):
    """(peer, back end, threads, function or why there is none)."""
    n, threads = task["n"], task["threads"]
    if task["workload"] == "mandelbrot":
        serial, parallel = njit(orbits), njit(parallel=True)(orbits)
        return [
            ("numpy", "numpy", 1, lambda: orbits_numpy(n)),
            ("numba", "serial", 1, lambda: serial(n)),
            ("numba", "parallel", threads, lambda: parallel(n)),
        ]
    if task["workload"] == "matmul":
        a, b = (factor(n, task["seed"], stream) for stream in (0, 1))
        return [
            ("numpy", "numpy", threads, lambda: a @ b),
            ("numba", "parallel", threads, "its users call NumPy's product, which is measured"),
        ]
    why = "not written for this peer"
    return [("numpy", "numpy", 1, why), ("numba", "parallel", threads, why)]


def look(task, output):
    """What is checked: how often each count occurs, or some of the elements."""
    if task["workload"] == "mandelbrot":
        return np.bincount(output.ravel(), minlength=257).tolist()
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
