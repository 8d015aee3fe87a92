// The engine's entry: a module Worker. Loads the wasm, hands it the page's messages, and
// tells the page of traps, after which no Rust runs any more. See src/worker/lib.rs.

const PAGE = 65_536;
// Phones end a tab that reserves more: 512 MiB, in pages.
const PHONE = 8_192;
// Below this, 64 MiB in pages, no run of any use has room.
const LEAST = 1_024;

// Safari, and every browser of an iPhone; Chromium only says that it is like it.
const WEBKIT = /AppleWebKit\/(?!.*Chrom)/;

let panic = '';
self.parallaxPanic = (message) => {
  panic = message;
};

// Chromium keeps for ever, 13 MB each time, one in a hundred engines that are ended while Workers of
// theirs start or live (RELIABILITY.md, over time). So one that is lost ends these first, once they have
// had time to start, and is heard of, which ends it, when they have had time to end.
const STARTS_WITHIN = 500;
const ENDS_WITHIN = 200;
const workers = new Set();
let started = performance.now();
let lost = false;
self.Worker = class extends self.Worker {
  constructor(url, options) {
    if (lost) throw new Error('the engine is lost');
    // What the browser keeps of a script from before the page was isolated is refused here: under another
    // address it is asked for anew (as client.rs does for this one).
    const script = new URL(url, import.meta.url);
    if (self.crossOriginIsolated) script.search = 'isolated';
    super(script, options);
    workers.add(this);
    started = performance.now();
  }

  terminate() {
    workers.delete(this);
    super.terminate();
  }
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function report(where, message) {
  if (lost) return;
  lost = true;
  const post = self.postMessage.bind(self);
  // The last word: what is still running has none.
  self.postMessage = () => {};
  await pause(Math.max(0, started + STARTS_WITHIN - performance.now()));
  for (const worker of workers) worker.terminate();
  await pause(ENDS_WITHIN);
  post({ fault: message, where });
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
  if (!self.crossOriginIsolated && !Atomics.waitAsync) (await import('./alone.js')).wakeAlone();
  else if (WEBKIT.test(navigator.userAgent)) (await import('./nudge.js')).nudge();
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
