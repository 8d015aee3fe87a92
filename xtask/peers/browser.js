// What a user would run in a page instead: gpu.js and jax-js on the work of a race.
//
// `window.peers.run(task, {onProgress})` resolves with one row per lane: its figures, or why
// it has none. The task is the one that native.py takes, and so are the rules of sampling.
// The outputs are checked by `cargo xtask bench --peers`; this file judges nothing.

/** Longer than any lane takes: a worker that does not answer must not hold up the rest. */
const LANE_LIMIT_MS = 120_000;

const now = () => performance.now();
const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Numbers from -1 to 1 by a hash of their place; as native.py and check.rs make them. */
function numbers(count, seed, stream) {
  const offset = Number((BigInt(seed) * 2n + BigInt(stream)) % 4294967296n);
  return Float32Array.from({ length: count }, (_, i) => {
    let x = (Math.imul(i, 2654435761) + offset) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) >>> 0;
    x = (x ^ (x >>> 12)) >>> 0;
    return (x >>> 8) * 2 ** -23 - 1;
  });
}

/** How often each count occurs in an image that is an array of rows. */
function histogram(rows) {
  const counts = new Array(257).fill(0);
  for (const row of rows) for (const steps of row) counts[Math.min(256, Math.round(steps))]++;
  return counts;
}

/** The field of `heat`, and the bodies of `nbody` by axis. */
const field = ({ n, seed }) => numbers(n * n, seed, 0).map((x) => x / 2 + 0.5);
const places = ({ n, seed }) => [0, 1, 2].map((axis) => numbers(n, seed, axis).map((x) => 2 * x));

const WHY = 'not written for this peer';

/** gpu.js, by workload: what is called, what is shown of its result, and the kernel. */
const GPUJS = {
  mandelbrot(gpu, settings, { n }) {
    const kernel = gpu.createKernel(
      function () {
        const cr = -2 + (this.thread.x * 2.5) / this.constants.n;
        const ci = -1.25 + (this.thread.y * 2.5) / this.constants.n;
        let zr = 0;
        let zi = 0;
        let steps = 0;
        for (let i = 0; i < 256; i++) {
          const zr2 = zr * zr;
          const zi2 = zi * zi;
          if (zr2 + zi2 > 4) break;
          zi = 2 * zr * zi + ci;
          zr = zr2 - zi2 + cr;
          steps++;
        }
        return steps;
      },
      { ...settings, output: [n, n], constants: { n } },
    );
    return { kernel, once: () => kernel(), look: histogram };
  },

  matmul(gpu, settings, { n, seed, spots }) {
    const [a, b] = [0, 1].map((stream) => GPU.input(numbers(n * n, seed, stream), [n, n]));
    const kernel = gpu.createKernel(
      function (a, b) {
        let sum = 0;
        for (let i = 0; i < this.constants.n; i++) sum += a[this.thread.y][i] * b[i][this.thread.x];
        return sum;
      },
      { ...settings, output: [n, n], constants: { n } },
    );
    return { kernel, once: () => kernel(a, b), look: elements(n, spots) };
  },

  /** A kernel cannot reduce: each of its threads takes a stretch of a row, the page the rest. */
  'map-reduce'(gpu, settings, { n }) {
    // Shorter ones give more threads than any mode occupies, and more to read back.
    const stretch = 64;
    const kernel = gpu.createKernel(
      function () {
        const y = -3 + this.thread.x * this.constants.step;
        let most = -1;
        for (let k = 0; k < this.constants.stretch; k++) {
          // The last stretch may be more than a row has: its last point counts again.
          const i = Math.min(this.thread.y * this.constants.stretch + k, this.constants.last);
          const x = -3 + i * this.constants.step;
          const r = x * x + y * y;
          most = Math.max(most, Math.cos(r) / (1 + r));
        }
        return most;
      },
      {
        ...settings,
        output: [n, Math.ceil(n / stretch)],
        constants: { stretch, last: n - 1, step: 6 / Math.max(n - 1, 1) },
      },
    );
    const once = async () => {
      let most = -1;
      for (const row of await kernel()) for (const value of row) if (value > most) most = value;
      return most;
    };
    return { kernel, once, look: (most) => [most] };
  },

  heat(gpu, settings, task) {
    const { n, spots } = task;
    const start = GPU.input(field(task), [n, n]);
    const sweep = gpu.createKernel(
      function (u) {
        const x = this.thread.x;
        const y = this.thread.y;
        if (x === 0 || y === 0 || x === this.constants.last || y === this.constants.last) return u[y][x];
        return 0.25 * (u[y - 1][x] + u[y + 1][x] + u[y][x - 1] + u[y][x + 1]);
      },
      { ...settings, output: [n, n], constants: { last: n - 1 } },
    );
    // The field stays where the kernels are until all sweeps are done.
    const pipeline = gpu.createPipeline(function (u) {
      for (let i = 0; i < 10; i++) u = sweep(u);
      return u;
    });
    return { pipeline, once: () => pipeline(start), look: elements(n, spots) };
  },

  nbody(gpu, settings, task) {
    const { n, spots } = task;
    const [x, y, z] = places(task);
    const kernel = gpu.createKernel(
      function (x, y, z) {
        const xi = x[this.thread.x];
        const yi = y[this.thread.x];
        const zi = z[this.thread.x];
        let ax = 0;
        let ay = 0;
        let az = 0;
        for (let j = 0; j < this.constants.n; j++) {
          const dx = x[j] - xi;
          const dy = y[j] - yi;
          const dz = z[j] - zi;
          const d = dx * dx + dy * dy + dz * dz + 0.001;
          const k = 1 / (d * Math.sqrt(d));
          ax += dx * k;
          ay += dy * k;
          az += dz * k;
        }
        return [ax, ay, az];
      },
      { ...settings, output: [n], constants: { n } },
    );
    const look = (pulls) => spots.flatMap((i) => Array.from(pulls[i]));
    return { kernel, once: () => kernel(x, y, z), look };
  },

  'monte-carlo'(gpu, settings, { n }) {
    // Enough for a GPU, and for `webasm`, which gives a worker 4096 at least.
    const threads = 65536;
    const kernel = gpu.createKernel(
      function () {
        let darts = this.constants.each;
        if (this.thread.x < this.constants.rest) darts += 1;
        let hits = 0;
        for (let i = 0; i < darts; i++) {
          const x = Math.random();
          const y = Math.random();
          if (x * x + y * y <= 1) hits += 1;
        }
        return hits;
      },
      {
        ...settings,
        output: [threads],
        constants: { each: Math.floor(n / threads), rest: n % threads },
      },
    );
    const once = async () => {
      let hits = 0;
      for (const some of await kernel()) hits += some;
      return (4 * hits) / n;
    };
    return { kernel, once, look: (pi) => [pi] };
  },
};

/** Elements of a matrix that is an array of rows. */
function elements(n, spots) {
  return (rows) => spots.map((i) => rows[Math.floor(i / n)][i % n]);
}

/** gpu.js in one of its modes: what is measured, or why it cannot be. */
async function gpujs(mode, task) {
  if (mode === 'webgpu' && !(await GPU.GPU.isWebGPUAvailable())) return 'no WebGPU adapter';
  const gpu = new GPU.GPU({ mode, asyncMode: true });
  const settings = { asyncMode: true, precision: 'single' };
  if (mode === 'webasm') settings.poolSize = task.threads;
  const { kernel, pipeline, once, look } = GPUJS[task.workload](gpu, settings, task);
  const fallback = () => {
    if (kernel) return kernel.kernel?.fallbackReason;
    // A pipeline's own reason may be that its kernels run one by one, in the mode asked for.
    return pipeline.backend !== mode && (pipeline.fallbackReason ?? pipeline.backend);
  };
  return { once, look, fallback, end: () => gpu.destroy() };
}

/** jax-js, by workload. It holds no loop per pixel: Mandelbrot is not what it is for. */
const JAXJS = {
  matmul({ numpy }, { n, seed, spots }) {
    const inputs = [0, 1].map((stream) => numpy.array(numbers(n * n, seed, stream)).reshape([n, n]));
    const [a, b] = inputs;
    return {
      inputs,
      once: () => numpy.matmul(a.ref, b.ref).data(),
      look: (c) => spots.map((i) => c[i]),
    };
  },

  'map-reduce'({ numpy, jit }, { n }) {
    const grid = numpy.linspace(-3, 3, n);
    const greatest = jit((grid) => {
      const squares = numpy.square(grid);
      const r = squares.ref.reshape([n, 1]).add(squares);
      // Row by row first: its threads share rows, and a maximum of all would be one thread's.
      return numpy.max(numpy.max(numpy.cos(r.ref).div(r.add(1)), 1));
    });
    return { inputs: [grid], once: () => greatest(grid.ref).data(), look: (most) => [most[0]] };
  },

  heat({ numpy, jit }, task) {
    const { n, spots } = task;
    const start = numpy.array(field(task)).reshape([n, n]);
    const line = numpy.arange(n);
    const within = line.ref.greater(0).mul(line.less(n - 1));
    const inner = within.ref.reshape([n, 1]).mul(within);
    const sweep = jit((u, inner) => {
      const [before, here, after] = [[0, n - 2], [1, n - 1], [2, n]];
      const vertical = u.ref.slice(before, here).add(u.ref.slice(after, here));
      const horizontal = u.ref.slice(here, before).add(u.ref.slice(here, after));
      return numpy.where(inner, numpy.pad(vertical.add(horizontal).mul(0.25), 1), u);
    });
    const once = () => {
      let u = start.ref;
      for (let i = 0; i < 10; i++) u = sweep(u, inner.ref);
      return u.data();
    };
    return { inputs: [start, inner], once, look: (u) => spots.map((i) => u[i]) };
  },

  nbody({ numpy, jit }, task) {
    const { n, spots } = task;
    const inputs = places(task).map((axis) => numpy.array(axis));
    const pulls = jit((...axes) => {
      const apart = axes.map((p) => p.ref.reshape([1, n]).sub(p.reshape([n, 1])));
      const squares = apart.map((delta) => numpy.square(delta.ref));
      const d = squares.reduce((sum, square) => sum.add(square)).add(1e-3);
      const k = numpy.reciprocal(d.ref.mul(numpy.sqrt(d)));
      const sums = apart.map((delta) => delta.mul(k.ref).sum(1));
      k.dispose();
      return numpy.stack(sums, 1);
    });
    return {
      inputs,
      once: () => pulls(...inputs.map((axis) => axis.ref)).data(),
      look: (a) => spots.flatMap((i) => Array.from(a.subarray(3 * i, 3 * i + 3))),
    };
  },

  'monte-carlo'({ numpy, jit, random }, { n, seed }) {
    const hits = jit((key) => {
      const squares = numpy.square(random.uniform(key, [2, n]));
      return squares.sum(0).lessEqual(1).astype(numpy.int32).sum();
    });
    const once = async () => (4 * (await hits(random.key(seed)).data())[0]) / n;
    return { inputs: [], once, look: (pi) => [pi] };
  },
};

/** jax-js on one of its devices. */
async function jaxjs(device, task) {
  const jax = await import('./jax-js/index.js');
  const devices = await jax.init();
  if (!devices.includes(device)) return `it offers no ${device} here, only ${devices.join(', ')}`;
  jax.defaultDevice(device);
  const { inputs, once, look } = JAXJS[task.workload](jax, task);
  return { once, look, end: () => inputs.forEach((array) => array.dispose()) };
}

/** Cold, warm-up, then samples of at least sample_ms within the lane's seconds. */
async function measure(task, { once, look }) {
  const most = task.seconds * 1000;
  let begun = now();
  const first = await once();
  const cold_ms = now() - begun;
  const output = look(first);
  begun = now();
  let runs = 0;
  let cut = false;
  while (runs < 5 || now() - begun < 300) {
    if (runs && now() - begun > most / 5) {
      cut = true;
      break;
    }
    await once();
    runs++;
  }
  const warm = (now() - begun) / runs;
  const batch = Math.max(1, Math.ceil(task.sample_ms / warm));
  const samples = [];
  begun = now();
  while (samples.length < task.most) {
    const spent = now() - begun;
    const enough = spent < 8 * most ? task.fewest : 1;
    if (spent > most && samples.length >= enough) break;
    const start = now();
    for (let i = 0; i < batch; i++) await once();
    samples.push((now() - start) / batch);
    await pause();
  }
  return { cold_ms, samples, cut, output };
}

function within(limit, promise) {
  const late = new Promise((_, reject) =>
    setTimeout(() => reject(new Error(`no end after ${limit / 1000} s`)), limit),
  );
  return Promise.race([promise, late]);
}

async function run(task, { onProgress } = {}) {
  // Both ask this how many workers to start.
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: task.threads, configurable: true });
  const lanes = [
    ['gpu.js', 'cpu', 1, gpujs, GPUJS],
    ['gpu.js', 'webasm', task.threads, gpujs, GPUJS],
    ['gpu.js', 'webgpu', 1, gpujs, GPUJS],
    ['jax-js', 'wasm', task.threads, jaxjs, JAXJS],
    ['jax-js', 'webgpu', 1, jaxjs, JAXJS],
  ];
  const rows = [];
  for (const [peer, backend, threads, make, written] of lanes) {
    const row = { peer, backend, form: 'javascript', threads };
    rows.push(row);
    if (!(task.workload in written)) {
      row.skipped = WHY;
      continue;
    }
    onProgress?.({ doing: `${peer} ${backend}` });
    await pause();
    let lane;
    try {
      lane = await within(LANE_LIMIT_MS, make(backend, task));
      if (typeof lane === 'string') {
        row.skipped = lane;
        continue;
      }
      Object.assign(row, await within(LANE_LIMIT_MS, measure(task, lane)));
      const fallback = lane.fallback?.();
      // What ran is not what was asked for; the lane that it fell back to has its own row.
      if (fallback) row.failed = `fell back to another mode: ${fallback}`;
    } catch (error) {
      row.failed = String(error?.message ?? error);
    } finally {
      // What cannot be cleaned up ends with the page.
      if (typeof lane === 'object') await (async () => lane.end())().catch(() => {});
    }
  }
  return rows;
}

window.peers = { run };
