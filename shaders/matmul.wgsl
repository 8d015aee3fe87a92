// C = A B, n x n, row by row. A workgroup makes a tile of 64 x 64 of C: it fetches tiles
// of A and B into workgroup memory, 16 deep along k, and each of its 8 x 8 invocations sums
// 8 x 8 elements in registers, so that what it reads there is used eight times.
// Pairs with src/workloads/matmul.

struct Params {
    n: u32,
    first_row: u32, // of workgroups: long dispatches are cut into bands
    seed: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
// The same factors by fours, for n that four divides.
@group(0) @binding(1) var<storage, read> a4: array<vec4f>;
@group(0) @binding(2) var<storage, read> b4: array<vec4f>;

const TILE = 64u;
const DEPTH = 16u;

// Four rows of A or four columns of B an element: A's tile lies transposed, so that both are
// read along k.
var<workgroup> tile_a: array<vec4f, 256>;
var<workgroup> tile_b: array<vec4f, 256>;

// For n that four divides: fours lie wholly within the matrix or beyond it.
@compute @workgroup_size(8, 8)
fn by_fours(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
    @builtin(local_invocation_index) index: u32,
) {
    let n = params.n;
    let corner = vec2u(group.x, group.y + params.first_row) * TILE;
    var sums: array<vec4f, 16>;
    for (var k = 0u; k < n; k += DEPTH) {
        for (var i = 0u; i < 4u; i++) {
            let e = index + i * 64u;
            let row = corner.y + e / 4u;
            let along = k + e % 4u * 4u;
            var four = vec4f(0.0);
            if row < n && along < n {
                four = a4[(row * n + along) / 4u];
            }
            keep_a(e, four);

            let down = k + e / 16u;
            let column = corner.x + e % 16u * 4u;
            four = vec4f(0.0);
            if down < n && column < n {
                four = b4[(down * n + column) / 4u];
            }
            tile_b[e] = four;
        }
        workgroupBarrier();
        multiply(&sums, local.xy);
        workgroupBarrier();
    }
    store(&sums, corner, local.xy);
}

// For any n.
@compute @workgroup_size(8, 8)
fn one_by_one(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
    @builtin(local_invocation_index) index: u32,
) {
    let n = params.n;
    let corner = vec2u(group.x, group.y + params.first_row) * TILE;
    var sums: array<vec4f, 16>;
    for (var k = 0u; k < n; k += DEPTH) {
        for (var i = 0u; i < 4u; i++) {
            let e = index + i * 64u;
            var four_a = vec4f(0.0);
            var four_b = vec4f(0.0);
            let row = corner.y + e / 4u;
            let down = k + e / 16u;
            for (var j = 0u; j < 4u; j++) {
                let along = k + e % 4u * 4u + j;
                if row < n && along < n {
                    four_a[j] = a[row * n + along];
                }
                let column = corner.x + e % 16u * 4u + j;
                if down < n && column < n {
                    four_b[j] = b[down * n + column];
                }
            }
            keep_a(e, four_a);
            tile_b[e] = four_b;
        }
        workgroupBarrier();
        multiply(&sums, local.xy);
        workgroupBarrier();
    }
    store(&sums, corner, local.xy);
}

// Puts four numbers of a row of A, e-th four of the tile, into their columns' places.
fn keep_a(e: u32, four: vec4f) {
    let row = e / 4u;
    let first = e % 4u * 4u;
    for (var j = 0u; j < 4u; j++) {
        tile_a[(first + j) * 16u + row / 4u][row % 4u] = four[j];
    }
}

// Adds the tiles' product: an invocation has rows 4y to 4y + 3 and 32 more, columns alike.
fn multiply(sums: ptr<function, array<vec4f, 16>>, local: vec2u) {
    for (var d = 0u; d < DEPTH; d++) {
        let upper = tile_a[d * 16u + local.y];
        let lower = tile_a[d * 16u + 8u + local.y];
        let left = tile_b[d * 16u + local.x];
        let right = tile_b[d * 16u + 8u + local.x];
        sums[0] += upper.x * left;
        sums[1] += upper.x * right;
        sums[2] += upper.y * left;
        sums[3] += upper.y * right;
        sums[4] += upper.z * left;
        sums[5] += upper.z * right;
        sums[6] += upper.w * left;
        sums[7] += upper.w * right;
        sums[8] += lower.x * left;
        sums[9] += lower.x * right;
        sums[10] += lower.y * left;
        sums[11] += lower.y * right;
        sums[12] += lower.z * left;
        sums[13] += lower.z * right;
        sums[14] += lower.w * left;
        sums[15] += lower.w * right;
    }
}

fn store(sums: ptr<function, array<vec4f, 16>>, corner: vec2u, local: vec2u) {
    let n = params.n;
    for (var i = 0u; i < 16u; i++) {
        let row = corner.y + local.y * 4u + i / 2u % 4u + i / 8u * 32u;
        let first = corner.x + local.x * 4u + i % 2u * 32u;
        for (var j = 0u; j < 4u; j++) {
            if row < n && first + j < n {
                c[row * n + first + j] = sums[i][j];
            }
        }
    }
}
