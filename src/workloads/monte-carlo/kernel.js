// Darts as fast as plain JavaScript was found to throw them. The form of the `javascript` back
// end, which loads this module into its Worker (src/backends/javascript).

const BLOCK = 4096;

// [kernel]
const { imul } = Math;
const RADIUS_SQUARED = 2 ** 30;

// 1 if the dart of a random word is within the circle: the sign bit of the difference, since
// to branch on chance is to be wrong every fifth time. The word's halves are the coordinates,
// odd numbers from -32767 to 32767.
function hit(word) {
  const x = ((word | 1) << 16) >> 16;
  const y = (word >> 16) | 1;
  return ((imul(x, x) + imul(y, y) - RADIUS_SQUARED) | 0) >>> 31;
}

// Hits of the first `darts` of the four that a counter and the seed make by the hash pcg4d.
// Math.imul is a 32-bit product; `| 0` keeps sums 32 bits wide.
function hits(counter, darts, y0, z0, w0) {
  let x = (imul(counter, 1664525) + 1013904223) | 0;
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
  if (darts >= 4) return hit(x) + hit(y) + hit(z) + hit(w);
  return hit(x) + (darts > 1 ? hit(y) : 0) + (darts > 2 ? hit(z) : 0);
}

function block(first, end, y, z, w) {
  let count = 0;
  for (let dart = first; dart < end; dart += 4) count += hits(dart >>> 2, end - dart, y, z, w);
  return count;
}
// [/kernel]

// What the back end calls once: returns what it then calls for every run.
export function prepare(n, _inputs, counts, seed) {
  const [y, z, w] = [0x64617274, ...seed].map((word) => (imul(word, 1664525) + 1013904223) | 0);
  return () => {
    let total = 0;
    for (let first = 0, place = 1; first < n; first += BLOCK) {
      const count = block(first, Math.min(first + BLOCK, n), y, z, w);
      counts[place++] = count;
      total += count;
    }
    counts[0] = total;
  };
}
