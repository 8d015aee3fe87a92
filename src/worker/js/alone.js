// Wakes futures where nothing else does: Firefox before 145 has no `Atomics.waitAsync`, and on a page that
// is not isolated the memory can't be sent to the Worker in which wasm-bindgen would wait instead. The
// memory is this thread's alone there, so only the program itself wakes: who waits is looked after whenever
// the program returns.

export function wakeAlone() {
  const waits = new Set();
  Atomics.waitAsync = (array, index, value) => {
    if (Atomics.load(array, index) !== value) return { async: false, value: 'not-equal' };
    return { async: true, value: new Promise((wake) => waits.add({ array, index, value, wake })) };
  };
  const look = () => {
    for (const wait of waits) {
      if (Atomics.load(wait.array, wait.index) === wait.value) continue;
      waits.delete(wait);
      wait.wake('ok');
    }
  };
  const looked = (call) => (...of) => {
    try {
      return call(...of);
    } finally {
      look();
    }
  };
  // The first that is made is the engine; generated programs wake nobody.
  const { instantiate, instantiateStreaming } = WebAssembly;
  const first = (make) => async (...of) => {
    const { module, instance } = await make.apply(WebAssembly, of);
    Object.assign(WebAssembly, { instantiate, instantiateStreaming });
    const exports = Object.entries(instance.exports).map(([name, it]) => [
      name,
      typeof it === 'function' ? looked(it) : it,
    ]);
    return { module, instance: { exports: Object.fromEntries(exports) } };
  };
  WebAssembly.instantiate = first(instantiate);
  if (instantiateStreaming) WebAssembly.instantiateStreaming = first(instantiateStreaming);
}
