// The engine's entry: a module Worker. Loads the wasm, hands it the page's messages, and
// tells the page of traps, after which no Rust runs any more. See src/worker/lib.rs.

import init, { start } from './engine.js';

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

try {
  const begin = performance.now();
  await init();
  const receive = await start(performance.now() - begin);
  self.addEventListener('message', ({ data }) => receive(data));
} catch (error) {
  report('engine', `the engine did not start: ${describe(error)}`);
}
