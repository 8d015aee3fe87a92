// The engine's entry: a module Worker. Loads the wasm, hands it the page's messages, and
// tells the page of traps, after which no Rust runs any more. See src/worker/lib.rs.

const PAGE = 65_536;
// Phones end a tab that reserves more: 512 MiB, in pages.
const PHONE = 8_192;
// Below this, 64 MiB in pages, no run of any use has room.
const LEAST = 1_024;

let panic = '';
self.parallaxPanic = (message) => {
  panic = message;
};

// Chromium keeps a Worker for ever that is ended while it starts, and with it the Worker that
// started it, 13 MB each time: so at least one in a hundred. The page ends an engine when it hears
// that it is lost, and hears it when what was started last has had its time.
const STARTS_WITHIN = 1_000;
let started = performance.now();
let lost = false;
self.Worker = class extends self.Worker {
  constructor(...of) {
    if (lost) throw new Error('the engine is lost');
    super(...of);
    started = performance.now();
  }
};

function report(where, message) {
  if (lost) return;
  lost = true;
  const post = self.postMessage.bind(self);
  // The last word: what is still running has none.
  self.postMessage = () => {};
  setTimeout(() => post({ fault: message, where }), Math.max(0, started + STARTS_WITHIN - performance.now()));
}

function describe(error) {
  // A trap that follows a panic says only "unreachable"; the panic says more.
  const text = panic || (error && error.message) || String(error);
  panic = '';
  return text;
}

self.addEventListener('error', (event) => {
  event.preventDefault();
  report('engine', describe(event.error || event));
});
self.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  report('engine', describe(event.reason));
});
// Sent by pool.js on behalf of a pool thread.
self.addEventListener('parallax-pool-fault', (event) => {
  report('pool thread', event.detail);
});

// A shared memory reserves its maximum when it is made, and where that is refused a smaller
// one may not be. Sizes are checked against what was got: `most` is in pages.
function reserve({ initial, maximum }) {
  const phone = navigator.userAgentData?.mobile ?? /Android|iPhone|iPad|Mobile/.test(navigator.userAgent);
  for (let most = phone ? Math.min(PHONE, maximum) : maximum; ; most /= 2) {
    try {
      return { memory: new WebAssembly.Memory({ initial, maximum: most, shared: true }), most };
    } catch (error) {
      if (most / 2 < LEAST) {
        throw new Error(`the browser gives it no memory (${error.message}): close other tabs, then try again`);
      }
    }
  }
}

try {
  const begin = performance.now();
  // Asked for here and not above: Firefox does not say that a file which is imported there is
  // missing.
  const [{ default: init, start }, limits] = await Promise.all([import('./engine.js'), import('./memory.js')]);
  const { memory, most } = reserve(limits);
  await init({ memory });
  const receive = await start(performance.now() - begin, most * PAGE);
  self.addEventListener('message', ({ data }) => {
    if (!lost) receive(data);
  });
} catch (error) {
  report('engine', `the engine did not start: ${describe(error)}`);
}
