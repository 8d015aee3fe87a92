// The Worker in which a workload's JavaScript kernel runs: a module of its own, no eval. The
// engine asks one thing at a time, see src/backends/javascript/browser.rs.

let run;
let output;

async function start({ workload, n, seed, inputs, length, float, inject }) {
  const file = `${workload}.js`;
  const { prepare } = await import(`./kernels/${file}`).catch(({ message }) => {
    // Not every browser names the file.
    throw new Error(`${message.includes(file) ? message : `${message} (${file})`}: reload the page`);
  });
  output = float ? new Float32Array(length) : new Uint32Array(length);
  run = prepare(n, inputs, output, seed);
  if (inject) run = inject === 'hang' ? hang : fail;
}

// The faults that tests provoke.
function hang() {
  for (;;);
}

function fail() {
  throw new Error('injected by a test');
}

async function answer({ start: order, runs }) {
  if (order) {
    await start(order);
    return [{}, []];
  }
  if (runs) {
    for (let i = 0; i < runs; i++) run();
    return [{}, []];
  }
  // A copy: what is moved away could not be written by the next run.
  const copy = output.slice();
  return [{ output: copy }, [copy.buffer]];
}

self.addEventListener('message', async ({ data }) => {
  try {
    self.postMessage(...(await answer(data)));
  } catch (error) {
    const text = (error && error.message) || String(error);
    self.postMessage({ fault: error instanceof RangeError ? `${text}: choose a smaller size` : text });
  }
});
