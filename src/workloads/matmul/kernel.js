// The product as fast as plain JavaScript was found to be: packed, blocked and tiled like
// the Rust rungs (blocked.rs). The form of the `javascript` back end, which loads this
// module into its Worker (src/backends/javascript).

// Rows and columns of a tile of C: of the shapes tried (2 to 4 by 2 to 6) the fastest.
const ROWS = 2;
const COLUMNS = 4;
// As in blocked.rs: what stays in the first-level and the second-level cache.
const K_BLOCK = 256;
const ROW_BLOCK = 32;

// [kernel]
// A tile of C: the sums over `length` numbers k, from `a0` and `b0` on, in local variables
// throughout. They are doubles, as JavaScript's numbers are: rounding each to a float, as the
// other rungs have it, would take twice the time. What is stored is rounded to a float.
function tile(a, a0, b, b0, length, sums) {
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0;
  let s10 = 0, s11 = 0, s12 = 0, s13 = 0;
  for (let k = 0; k < length; k++) {
    const x0 = a[a0], x1 = a[a0 + 1];
    const y0 = b[b0], y1 = b[b0 + 1], y2 = b[b0 + 2], y3 = b[b0 + 3];
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
    a0 += ROWS;
    b0 += COLUMNS;
  }
  sums[0] = s00;
  sums[1] = s01;
  sums[2] = s02;
  sums[3] = s03;
  sums[4] = s10;
  sums[5] = s11;
  sums[6] = s12;
  sums[7] = s13;
}

// Adds a tile to C (the first block of k stores it), cut off at the matrix's edges.
function addTile(sums, c, n, row, column, first) {
  const rows = Math.min(ROWS, n - row);
  const columns = Math.min(COLUMNS, n - column);
  for (let r = 0; r < rows; r++) {
    const at = (row + r) * n + column;
    for (let j = 0; j < columns; j++) {
      const sum = sums[r * COLUMNS + j];
      c[at + j] = first ? sum : c[at + j] + sum;
    }
  }
}
// [/kernel]

// Copies A in the order in which tiles read it: block of k by block of k, panel of rows by
// panel, k by k, padded with zeros to whole panels.
function packA(n, a, packed) {
  let at = 0;
  for (let k0 = 0; k0 < n; k0 += K_BLOCK) {
    const k1 = Math.min(k0 + K_BLOCK, n);
    for (let row = 0; row < n; row += ROWS) {
      for (let k = k0; k < k1; k++) {
        for (let r = row; r < row + ROWS; r++) packed[at++] = r < n ? a[r * n + k] : 0;
      }
    }
  }
}

// The same for B and its columns.
function packB(n, b, packed) {
  let at = 0;
  for (let k0 = 0; k0 < n; k0 += K_BLOCK) {
    const k1 = Math.min(k0 + K_BLOCK, n);
    for (let column = 0; column < n; column += COLUMNS) {
      for (let k = k0; k < k1; k++) {
        for (let j = column; j < column + COLUMNS; j++) packed[at++] = j < n ? b[k * n + j] : 0;
      }
    }
  }
}

// What the back end calls once: returns what it then calls for every run.
export function prepare(n, [a, b], c) {
  const height = Math.ceil(n / ROWS) * ROWS;
  const width = Math.ceil(n / COLUMNS) * COLUMNS;
  const packedA = new Float32Array(height * n);
  const packedB = new Float32Array(width * n);
  const sums = new Float64Array(ROWS * COLUMNS);
  return () => {
    packA(n, a, packedA);
    packB(n, b, packedB);
    for (let top = 0; top < n; top += ROW_BLOCK) {
      const bottom = Math.min(top + ROW_BLOCK, n);
      for (let k0 = 0; k0 < n; k0 += K_BLOCK) {
        const length = Math.min(K_BLOCK, n - k0);
        for (let column = 0; column < n; column += COLUMNS) {
          for (let row = top; row < bottom; row += ROWS) {
            const a0 = k0 * height + row * length;
            const b0 = k0 * width + column * length;
            tile(packedA, a0, packedB, b0, length, sums);
            addTile(sums, c, n, row, column, k0 === 0);
          }
        }
      }
    }
  };
}
