// Darts as fast as plain JavaScript was found to throw them. The form of the `javascript` back
// end, which loads this module into its Worker (src/backends/javascript).

const BLOCK = 4096;

// [kernel]
const { imul } = Math;
const RADIUS_SQUARED = 2 ** 30;

// 1 if the dart of a random word is within the circle. Its halves are the coordinates, odd
// numbers from -32767 to 32767.
function hit(word) {
  const x = ((word | 1) << 16) >> 16;
  const y = (word >> 16) | 1;
  return imul(x, x) + imul(y, y) < RADIUS_SQUARED ? 1 : 0;
}

// Hits of the darts from `first` up to `end`: dart i is word i mod 4 of the hash pcg4d of
// i / 4 and the seed. Math.imul is a 32-bit product; `| 0` keeps sums 32 bits wide.
function hits(first, end, y0, z0, w0) {
  let count = 0;
  for (let dart = first; dart < end; dart += 4) {
    let x = (imul(dart >>> 2, 1664525) + 1013904223) | 0;
    let y = y0;
    let z = z0;
    let w = w0;
    x = (x + imul(y, w)) | 0;
    y = (y + imul(z, x)) | 0;
    z = (z + imul(x, y)) | 0;
    w = (w + imul(y, z)) | 0;
    x ^= x >>> 16;
    y ^= y >>> 16;
    z ^= z >>> 16;
    w ^= w >>> 16;
    x = (x + imul(y, w)) | 0;
    y = (y + imul(z, x)) | 0;
    z = (z + imul(x, y)) | 0;
    w = (w + imul(y, z)) | 0;
    count += hit(x);
    // The last four may be more than there are darts.
    if (dart + 1 < end) count += hit(y);
    if (dart + 2 < end) count += hit(z);
    if (dart + 3 < end) count += hit(w);
  }
  return count;
}
// [/kernel]

// What the back end calls once: returns what it then calls for every run.
export function prepare(n, _inputs, counts, seed) {
  const [y, z, w] = [0x64617274, ...seed].map((word) => (imul(word, 1664525) + 1013904223) | 0);
  return () => {
    let total = 0;
    for (let first = 0, place = 1; first < n; first += BLOCK) {
      const count = hits(first, Math.min(first + BLOCK, n), y, z, w);
      counts[place++] = count;
      total += count;
    }
    counts[0] = total;
  };
}
