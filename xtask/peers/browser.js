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
function factor(n, seed, stream) {
  const offset = Number((BigInt(seed) * 2n + BigInt(stream)) % 4294967296n);
  return Float32Array.from({ length: n * n }, (_, i) => {
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

const WHY = 'not written for this peer';

/** gpu.js in one of its modes: what is measured, or why it cannot be. */
async function gpujs(mode, task) {
  const { n } = task;
  if (mode === 'webgpu' && !(await GPU.GPU.isWebGPUAvailable())) return 'no WebGPU adapter';
  const gpu = new GPU.GPU({ mode, asyncMode: true });
  const settings = { asyncMode: true, precision: 'single', output: [n, n], constants: { n } };
  if (mode === 'webasm') settings.poolSize = task.threads;
  let kernel;
  let once;
  let look;
  if (task.workload === 'mandelbrot') {
    kernel = gpu.createKernel(function () {
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
    }, settings);
    once = () => kernel();
    look = histogram;
  } else {
    const [a, b] = [0, 1].map((stream) => GPU.input(factor(n, task.seed, stream), [n, n]));
    kernel = gpu.createKernel(function (a, b) {
      let sum = 0;
      for (let i = 0; i < this.constants.n; i++) sum += a[this.thread.y][i] * b[i][this.thread.x];
      return sum;
    }, settings);
    once = () => kernel(a, b);
    look = (rows) => task.spots.map((i) => rows[Math.floor(i / n)][i % n]);
  }
  const fallback = () => kernel.kernel?.fallbackReason;
  return { once, look, fallback, end: () => gpu.destroy() };
}

/** jax-js on one of its devices. It holds no loop per pixel: Mandelbrot is not what it is for. */
async function jaxjs(device, task) {
  const { n } = task;
  const { numpy, init, defaultDevice } = await import('./jax-js/index.js');
  const devices = await init();
  if (!devices.includes(device)) return `it offers no ${device} here, only ${devices.join(', ')}`;
  defaultDevice(device);
  const [a, b] = [0, 1].map((stream) => numpy.array(factor(n, task.seed, stream)).reshape([n, n]));
  return {
    once: () => numpy.matmul(a.ref, b.ref).data(),
    look: (c) => task.spots.map((i) => c[i]),
    end: () => [a, b].forEach((array) => array.dispose()),
  };
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
    const written = peer === 'gpu.js' ? ['mandelbrot', 'matmul'] : ['matmul'];
    if (!written.includes(task.workload)) {
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
