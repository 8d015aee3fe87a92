// C = A B, n x n, row by row. A workgroup makes a tile of 64 x 64 of C: it fetches tiles
// of A and B into workgroup memory, 16 deep along k, and each of its 16 x 16 invocations
// sums 4 x 4 elements in registers. Pairs with src/workloads/matmul.

struct Params {
    n: u32,
    first_row: u32, // of workgroups: long dispatches are cut into bands
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

const TILE = 64u;
const DEPTH = 16u;

// A's tile lies transposed, so that an invocation's four rows are neighbours. One column
// of padding keeps the writes of the transposition in different banks.
var<workgroup> tile_a: array<array<f32, 65>, 16>;
var<workgroup> tile_b: array<array<f32, 64>, 16>;

@compute @workgroup_size(16, 16)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
    @builtin(local_invocation_index) index: u32,
) {
    let n = params.n;
    let first_row = (group.y + params.first_row) * TILE;
    let first_column = group.x * TILE;
    var sums: array<vec4f, 4>;

    for (var k = 0u; k < n; k += DEPTH) {
        // 1,024 elements of each tile, four an invocation; zeros past the edges.
        for (var i = 0u; i < 4u; i++) {
            let e = index + i * 256u;
            let row_a = first_row + e / DEPTH;
            let k_a = k + e % DEPTH;
            var value = 0.0;
            if row_a < n && k_a < n {
                value = a[row_a * n + k_a];
            }
            tile_a[e % DEPTH][e / DEPTH] = value;

            let k_b = k + e / TILE;
            let column_b = first_column + e % TILE;
            value = 0.0;
            if k_b < n && column_b < n {
                value = b[k_b * n + column_b];
            }
            tile_b[e / TILE][e % TILE] = value;
        }
        workgroupBarrier();
        for (var d = 0u; d < DEPTH; d++) {
            let x = local.x * 4u;
            let y = local.y * 4u;
            let across = vec4f(tile_b[d][x], tile_b[d][x + 1u], tile_b[d][x + 2u], tile_b[d][x + 3u]);
            sums[0] += tile_a[d][y] * across;
            sums[1] += tile_a[d][y + 1u] * across;
            sums[2] += tile_a[d][y + 2u] * across;
            sums[3] += tile_a[d][y + 3u] * across;
        }
        workgroupBarrier();
    }

    for (var r = 0u; r < 4u; r++) {
        let row = first_row + local.y * 4u + r;
        for (var s = 0u; s < 4u; s++) {
            let column = first_column + local.x * 4u + s;
            if row < n && column < n {
                c[row * n + column] = sums[r][s];
            }
        }
    }
}
