// Mandelbrot as fast as plain JavaScript was found to be. The form of the `javascript` back
// end, which loads this module into its Worker (src/backends/javascript).

// [kernel]
const { fround } = Math;
const MAX_STEPS = 256;
// Steps between two looks at whether any orbit is still alive.
const STRIDE = 4;
// JavaScript computes in doubles. Rounding every result makes the floats that the other
// rungs compute; the least double that rounds to more than 4 saves one rounding a step.
const FOUR = 4 + 2 ** -22;

// Counts the steps of one row's pixels. Three orbits at a time, as each step waits for the
// one before. An orbit that has escaped goes on as NaN, and counts no more.
function row(n, y, counts) {
  const pixel = fround(2.5 / n);
  const ci = fround(-1.25 + fround(y * pixel));
  for (let x = 0; x < n; x += 3) {
    let cr0 = fround(-2 + fround(x * pixel));
    let cr1 = fround(-2 + fround((x + 1) * pixel));
    let cr2 = fround(-2 + fround((x + 2) * pixel));
    let zr0 = 0, zr1 = 0, zr2 = 0;
    let zi0 = 0, zi1 = 0, zi2 = 0;
    let count0 = 0, count1 = 0, count2 = 0;
    for (let steps = STRIDE; steps <= MAX_STEPS; steps += STRIDE) {
      for (let s = 0; s < STRIDE; s++) {
        const rr0 = fround(zr0 * zr0), ii0 = fround(zi0 * zi0);
        const rr1 = fround(zr1 * zr1), ii1 = fround(zi1 * zi1);
        const rr2 = fround(zr2 * zr2), ii2 = fround(zi2 * zi2);
        if (rr0 + ii0 <= FOUR) count0++; else cr0 = NaN;
        if (rr1 + ii1 <= FOUR) count1++; else cr1 = NaN;
        if (rr2 + ii2 <= FOUR) count2++; else cr2 = NaN;
        zi0 = fround(fround(2 * zr0 * zi0) + ci);
        zi1 = fround(fround(2 * zr1 * zi1) + ci);
        zi2 = fround(fround(2 * zr2 * zi2) + ci);
        zr0 = fround(fround(rr0 - ii0) + cr0);
        zr1 = fround(fround(rr1 - ii1) + cr1);
        zr2 = fround(fround(rr2 - ii2) + cr2);
      }
      if (count0 < steps && count1 < steps && count2 < steps) break;
    }
    const at = y * n + x;
    counts[at] = count0;
    // The last three of a row may be more than there are pixels.
    if (x + 1 < n) counts[at + 1] = count1;
    if (x + 2 < n) counts[at + 2] = count2;
  }
}
// [/kernel]

// What the back end calls once: returns what it then calls for every run.
export function prepare(n, _inputs, counts) {
  return () => {
    for (let y = 0; y < n; y++) row(n, y, counts);
  };
}
