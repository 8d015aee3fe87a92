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

/** Elements of a square that is an array of rows. */
const elements = (task) => (rows) => task.spots.map((i) => rows[Math.floor(i / task.n)][i % task.n]);
/** Bodies of an array with a number for each. */
const bodies = (task) => (array) => task.spots.map((i) => array[i % task.n]);
const one = (number) => [number];

/** gpu.js: a function of the kernel's maker for each workload. */
const GPUJS = {
  mandelbrot(make, { n }) {
    const kernel = make([n, n], function () {
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
    });
    return { once: () => kernel(), look: histogram };
  },
  matmul(make, task) {
    const { n } = task;
    const [a, b] = [0, 1].map((stream) => GPU.input(numbers(n * n, task.seed, stream), [n, n]));
    const kernel = make([n, n], function (a, b) {
      let sum = 0;
      for (let i = 0; i < this.constants.n; i++) sum += a[this.thread.y][i] * b[i][this.thread.x];
      return sum;
    });
    return { once: () => kernel(a, b), look: elements(task) };
  },
  // It reduces nothing by itself: a row's greatest value each, the rest is the caller's.
  'map-reduce'(make, { n }) {
    const kernel = make([n], function () {
      const step = 6 / (this.constants.n - 1);
      const y = -3 + this.thread.x * step;
      let most = -1;
      for (let i = 0; i < this.constants.n; i++) {
        const x = -3 + i * step;
        const r = x * x + y * y;
        most = Math.max(most, Math.cos(r) / (1 + r));
      }
      return most;
    });
    const once = async () => (await kernel()).reduce((a, b) => Math.max(a, b));
    return { once, look: one };
  },
  heat(make, task) {
    const { n } = task;
    const field = GPU.input(numbers(n * n, task.seed, 0), [n, n]);
    const options = { pipeline: true, immutable: true };
    const sweep = function (u) {
      const x = this.thread.x;
      const y = this.thread.y;
      const last = this.constants.n - 1;
      if (x < 1 || y < 1 || x >= last || y >= last) return u[y][x];
      return 0.25 * (u[y - 1][x] + u[y + 1][x] + u[y][x - 1] + u[y][x + 1]);
    };
    // The first reads what the page has made, the others what the one before left in place.
    const first = make([n, n], sweep, options);
    const next = make([n, n], sweep, options);
    const once = async () => {
      let u = await first(field);
      for (let i = 1; i < 10; i++) {
        const after = await next(u);
        u.delete?.();
        u = after;
      }
      const rows = u.toArray ? await u.toArray() : u;
      u.delete?.();
      return rows;
    };
    return { once, look: elements(task) };
  },
  // One number a body, as shared by all peers: the sum of the three components.
  nbody(make, task) {
    const at = [0, 1, 2].map((stream) => numbers(task.n, task.seed, stream));
    const kernel = make([task.n], function (x, y, z) {
      let ax = 0;
      let ay = 0;
      let az = 0;
      const xi = x[this.thread.x];
      const yi = y[this.thread.x];
      const zi = z[this.thread.x];
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
      return ax + ay + az;
    });
    return { once: () => kernel(...at), look: bodies(task) };
  },
  'monte-carlo'(make, { n }) {
    // Enough for a GPU, and for `webasm`, which gives a worker 4,096 at least.
    const threads = 65536;
    const kernel = make(
      [threads],
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
      { constants: { each: Math.floor(n / threads), rest: n % threads } },
    );
    const once = async () => ((await kernel()).reduce((a, b) => a + b, 0) * 4) / n;
    return { once, look: one };
  },
};

/** gpu.js in one of its modes: what is measured, or why it cannot be. */
async function gpujs(mode, task) {
  if (mode === 'webgpu' && !(await GPU.GPU.isWebGPUAvailable())) return 'no WebGPU adapter';
  const gpu = new GPU.GPU({ mode, asyncMode: true });
  const settings = { asyncMode: true, precision: 'single', constants: { n: task.n } };
  if (mode === 'webasm') settings.poolSize = task.threads;
  const kernels = [];
  const make = (output, body, options) => {
    const kernel = gpu.createKernel(body, { ...settings, output, ...options });
    kernels.push(kernel);
    return kernel;
  };
  const fallback = () => kernels.map((kernel) => kernel.kernel?.fallbackReason).find(Boolean);
  return { ...GPUJS[task.workload](make, task), fallback, end: () => gpu.destroy() };
}

/** jax-js: a function of the library and the task for each workload that arrays express. */
const JAXJS = {
  matmul({ numpy }, task) {
    const { n } = task;
    const [a, b] = [0, 1].map((stream) =>
      numpy.array(numbers(n * n, task.seed, stream)).reshape([n, n]),
    );
    return {
      once: () => numpy.matmul(a.ref, b.ref).data(),
      look: (c) => task.spots.map((i) => c[i]),
      end: () => [a, b].forEach((array) => array.dispose()),
    };
  },
  'map-reduce'({ numpy, jit }, { n }) {
    const greatest = jit(() => {
      const x = numpy.linspace(-3, 3, n);
      const xx = x.ref.mul(x);
      const r = xx.ref.reshape([1, n]).add(xx.reshape([n, 1]));
      return numpy.max(numpy.cos(r.ref).div(r.add(1)));
    });
    return { once: async () => (await greatest().data())[0], look: one, end: () => {} };
  },
  heat({ numpy, jit }, task) {
    const { n } = task;
    const field = numpy.array(numbers(n * n, task.seed, 0)).reshape([n, n]);
    const sweep = jit((u) => {
      const inner = [1, n - 1];
      const up = u.ref.slice([0, n - 2], inner);
      const down = u.ref.slice([2, n], inner);
      const left = u.ref.slice(inner, [0, n - 2]);
      const right = u.ref.slice(inner, [2, n]);
      const mean = up.add(down).add(left).add(right).mul(0.25);
      const rows = numpy.concatenate([u.ref.slice(inner, [0, 1]), mean, u.ref.slice(inner, [n - 1, n])], 1);
      return numpy.concatenate([u.ref.slice([0, 1]), rows, u.slice([n - 1, n])], 0);
    });
    const once = () => {
      let u = field.ref;
      for (let i = 0; i < 10; i++) u = sweep(u);
      return u.data();
    };
    return { once, look: (u) => task.spots.map((i) => u[i]), end: () => field.dispose() };
  },
  nbody({ numpy, jit }, task) {
    const { n } = task;
    const at = [0, 1, 2].map((stream) => numpy.array(numbers(n, task.seed, stream)));
    const pulls = jit((x, y, z) => {
      const d = [x, y, z].map((axis) => axis.ref.reshape([1, n]).sub(axis.reshape([n, 1])));
      const [dx, dy, dz] = d;
      const r2 = dx.ref.mul(dx.ref).add(dy.ref.mul(dy.ref)).add(dz.ref.mul(dz.ref)).add(1e-3);
      const k = numpy.reciprocal(r2.ref.mul(numpy.sqrt(r2)));
      const sum = (axis) => numpy.sum(axis.mul(k.ref), 1);
      const all = sum(dx).add(sum(dy)).add(sum(dz));
      k.dispose();
      return all;
    });
    return {
      once: () => pulls(...at.map((axis) => axis.ref)).data(),
      look: bodies(task),
      end: () => at.forEach((axis) => axis.dispose()),
    };
  },
  'monte-carlo'({ numpy, random, jit }, { n }) {
    const pi = jit((key) => {
      const [a, b] = random.split(key, 2);
      const x = random.uniform(a, [n]);
      const y = random.uniform(b, [n]);
      const inside = numpy.lessEqual(x.ref.mul(x).add(y.ref.mul(y)), 1);
      return numpy.sum(inside.astype(numpy.float32));
    });
    let seed = 0;
    const once = async () => ((await pi(random.key(seed++)).data())[0] * 4) / n;
    return { once, look: one, end: () => {} };
  },
};

/** jax-js on one of its devices. */
async function jaxjs(device, task) {
  const library = await import('./jax-js/index.js');
  const devices = await library.init();
  if (!devices.includes(device)) return `it offers no ${device} here, only ${devices.join(', ')}`;
  library.defaultDevice(device);
  return JAXJS[task.workload](library, task);
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
    ['gpu.js', 'cpu', 1, gpujs],
    ['gpu.js', 'webasm', task.threads, gpujs],
    ['gpu.js', 'webgpu', 1, gpujs],
    ['jax-js', 'wasm', task.threads, jaxjs],
    ['jax-js', 'webgpu', 1, jaxjs],
  ];
  const rows = [];
  for (const [peer, backend, threads, make] of lanes) {
    const row = { peer, backend, form: 'javascript', threads };
    rows.push(row);
    if (!(task.workload in (peer === 'gpu.js' ? GPUJS : JAXJS))) {
      // Mandelbrot: jax-js holds no loop that ends for each pixel by itself.
      row.skipped = peer === 'gpu.js' ? 'not written for this peer' : 'arrays do not express it';
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
