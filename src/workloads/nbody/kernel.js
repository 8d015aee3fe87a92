// All pairs as fast as plain JavaScript was found to compute them. The form of the
// `javascript` back end, which loads this module into its Worker (src/backends/javascript).

// [kernel]
const SOFTENING = 1e-3;

// The pull of all bodies on each: along x of all bodies, then y, then z. Sums are doubles, as
// JavaScript's numbers are; what is stored is rounded to a float.
function pulls(n, xs, ys, zs, out) {
  for (let i = 0; i < n; i++) {
    const xi = xs[i], yi = ys[i], zi = zs[i];
    let ax = 0, ay = 0, az = 0;
    for (let j = 0; j < n; j++) {
      const dx = xs[j] - xi;
      const dy = ys[j] - yi;
      const dz = zs[j] - zi;
      const d = dx * dx + dy * dy + dz * dz + SOFTENING;
      const k = 1 / (d * Math.sqrt(d));
      ax += dx * k;
      ay += dy * k;
      az += dz * k;
    }
    out[i] = ax;
    out[n + i] = ay;
    out[2 * n + i] = az;
  }
}
// [/kernel]

// What the back end calls once: returns what it then calls for every run.
export function prepare(n, [xs, ys, zs], out) {
  return () => pulls(n, xs, ys, zs, out);
}
