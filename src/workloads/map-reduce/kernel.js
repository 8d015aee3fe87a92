// The greatest of cos(r) / (1 + r) as fast as plain JavaScript was found to be. The form of
// the `javascript` back end, which loads this module into its Worker (src/backends/javascript).

const TILE = 16;

// [kernel]
const { PI } = Math;

// cos(r) for r from 0 to 18, by the polynomial of the other rungs: Math.cos has to care for
// every double there is. Computed in doubles, as JavaScript's numbers are.
function cosine(r) {
  const k = (r * (1 / PI) + 0.5) | 0;
  const f = r - k * PI;
  const y = f * f;
  const p = (((2.3193606e-5 * y - 0.0013855895) * y + 0.041663986) * y - 0.4999993) * y + 1;
  return p * (1 - 2 * (k & 1));
}

// The greatest value of each tile of 16 x 16 points, then the greatest of all.
function reduce(n, out) {
  const side = Math.ceil(n / TILE);
  const step = 6 / Math.max(n - 1, 1);
  let all = -1;
  for (let tile = 0; tile < side * side; tile++) {
    const left = (tile % side) * TILE;
    const top = ((tile / side) | 0) * TILE;
    const right = Math.min(left + TILE, n);
    const bottom = Math.min(top + TILE, n);
    let most = -1;
    for (let j = top; j < bottom; j++) {
      const y = j * step - 3;
      const yy = y * y;
      for (let i = left; i < right; i++) {
        const x = i * step - 3;
        const r = x * x + yy;
        const value = cosine(r) / (1 + r);
        if (value > most) most = value;
      }
    }
    out[1 + tile] = most;
    if (most > all) all = most;
  }
  out[0] = all;
}
// [/kernel]

// What the back end calls once: returns what it then calls for every run.
export function prepare(n, _inputs, out) {
  return () => reduce(n, out);
}
