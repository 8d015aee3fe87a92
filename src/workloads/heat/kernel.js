// Ten sweeps as fast as plain JavaScript was found to make them. The form of the `javascript`
// back end, which loads this module into its Worker (src/backends/javascript).

// [kernel]
const SWEEPS = 10;
// Rows of a band: all sweeps of a band, with the rows it needs of its neighbours, are made
// before the next, so that its two fields stay in a cache.
const ROWS = 128;

// The mean of the four neighbours for rows `first` up to `end`. Sums are doubles, as
// JavaScript's numbers are; what is stored is rounded to a float.
function sweep(n, from, to, first, end) {
  for (let row = first; row < end; row++) {
    const last = (row + 1) * n - 1;
    let i = last - n + 1;
    let left = from[i];
    to[i] = left;
    let middle = from[++i];
    for (; i < last; i++) {
      const right = from[i + 1];
      to[i] = 0.25 * (from[i - n] + from[i + n] + left + right);
      left = middle;
      middle = right;
    }
    to[last] = from[last];
  }
}

function band(n, field, out, a, b, top) {
  const bottom = Math.min(top + ROWS, n);
  // Rows of the plate that the band's fields hold.
  const first = Math.max(top - SWEEPS, 0);
  const end = Math.min(bottom + SWEEPS, n);
  a.set(field.subarray(first * n, end * n));
  // The first and the last row are the plate's edges or, a row a sweep, no longer right.
  b.set(field.subarray(first * n, first * n + n));
  b.set(field.subarray(end * n - n, end * n), (end - first - 1) * n);
  for (let s = 0; s < SWEEPS; s++) {
    sweep(n, a, b, 1, end - first - 1);
    [a, b] = [b, a];
  }
  out.set(a.subarray((top - first) * n, (bottom - first) * n), top * n);
}
// [/kernel]

// What the back end calls once: returns what it then calls for every run.
export function prepare(n, [field], out) {
  const rows = ROWS + 2 * SWEEPS;
  const a = new Float32Array(rows * n);
  const b = new Float32Array(rows * n);
  return () => {
    for (let top = 0; top < n; top += ROWS) band(n, field, out, a, b, top);
  };
}
