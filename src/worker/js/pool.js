// Starts the pool's threads. Takes the place of the helper that wasm-bindgen-rayon brings,
// with its interface: that one waits for ever if a thread's script does not load or its
// start traps, never hears of a trap later, and needs blob: workers. See src/worker/pool.rs.

const INIT = 'parallax-pool-init';

// As a thread: instantiate on the shared memory, say so, and work until the end.
function thread({ data }) {
  if (data?.type !== INIT) return;
  self.removeEventListener('message', thread);
  run(data);
}

async function run({ module, memory, receiver, mainJS }) {
  let panic = '';
  self.parallaxPanic = (message) => {
    panic = message;
  };
  try {
    const engine = await import(mainJS);
    await engine.default({ module_or_path: module, memory });
    self.postMessage({ ready: true });
    // Returns only when the pool is dropped, which never happens: from here on this
    // thread takes no messages.
    engine.wbg_rayon_start_worker(receiver);
  } catch (error) {
    const text = panic || (error && error.message) || String(error);
    self.postMessage({ fault: text });
  }
}

self.addEventListener('message', thread);

// Kept for ever: Firefox collects workers that nobody refers to (bug 1702191).
const workers = [];

// As the engine: start them all, or reject with the first reason.
export async function startWorkers(module, memory, builder) {
  const init = { type: INIT, module, memory, receiver: builder.receiver(), mainJS: builder.mainJS() };
  const startOne = (index) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { type: 'module', name: `parallax-pool-${index}` });
      workers.push(worker);
      let up = false;
      // Before it is up a failure only means that there is no pool; after, the engine is lost.
      const fail = (text) => {
        if (up) self.dispatchEvent(new CustomEvent('parallax-pool-fault', { detail: text }));
        else reject(new Error(text));
      };
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        fail(event.message || 'a thread\'s script did not load');
      });
      worker.addEventListener('message', ({ data }) => {
        if (data.ready) {
          up = true;
          resolve();
        } else {
          fail(data.fault);
        }
      });
      worker.postMessage(init);
    });
  try {
    await Promise.all(Array.from({ length: builder.numThreads() }, (_, index) => startOne(index)));
  } catch (error) {
    for (const worker of workers) worker.terminate();
    throw error;
  }
  builder.build();
}
