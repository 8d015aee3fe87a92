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

function report(where, message) {
  self.postMessage({ fault: message, where });
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
  self.addEventListener('message', ({ data }) => receive(data));
} catch (error) {
  report('engine', `the engine did not start: ${describe(error)}`);
}
