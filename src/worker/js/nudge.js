// Turns the event loop while a future waits: WebKit (2.50) leaves a promise of `Atomics.waitAsync`, once in some
// hundreds that another thread has notified, lying until anything else happens in this one. Runs hung so.

// Often at first, as most waits are short; who waits for long can wait a little longer.
const FIRST_MS = 8;
const LAST_MS = 128;

export function nudge() {
  const { waitAsync } = Atomics;
  let waits = 0;
  let timer;
  const turn = (ms) => {
    clearTimeout(timer);
    if (waits > 0) timer = setTimeout(turn, ms, Math.min(2 * ms, LAST_MS));
  };
  Atomics.waitAsync = (...of) => {
    const wait = waitAsync.apply(Atomics, of);
    if (wait.async) {
      waits += 1;
      turn(FIRST_MS);
      wait.value.then(() => {
        waits -= 1;
      });
    }
    return wait;
  };
}
