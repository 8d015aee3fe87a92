// The greatest of cos(r) / (1 + r), r = x^2 + y^2, over n x n points: one maximum for each
// tile of 16 x 16 (`tiles`), then the greatest of them (`top`).
// Pairs with src/workloads/map-reduce.

struct Params {
    n: u32,
    first_row: u32, // of workgroups: long dispatches are cut into bands
    seed: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> maxima: array<f32>; // of all, then of each tile

const TILE = 16u;

// WGSL's own cos may be off by 2^-11; this one by 1e-7, for r from 0 to 18.
fn cosine(r: f32) -> f32 {
    let k = floor(r * 0.31830987 + 0.5);
    // Pi in two parts; the first has few bits, so that its multiples are exact.
    let f = (r - k * 3.1415405) - k * 5.2126245e-5;
    let y = f * f;
    let p = (((2.3193606e-5 * y - 0.0013855895) * y + 0.041663986) * y - 0.4999993) * y + 1.0;
    return select(p, -p, (u32(k) & 1u) == 1u);
}

var<workgroup> columns: array<f32, 256>;

// 16 tiles a workgroup, 16 invocations a tile: each goes down a column.
@compute @workgroup_size(256)
fn tiles(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) index: u32,
) {
    let n = params.n;
    let side = (n + TILE - 1u) / TILE;
    let tile = ((group.y + params.first_row) * groups.x + group.x) * 16u + index / TILE;
    let i = tile % side * TILE + index % TILE;
    let top = tile / side * TILE;
    let step = 6.0 / f32(max(n - 1u, 1u));
    // Past the edge the last column again, which changes no maximum.
    let x = f32(min(i, n - 1u)) * step - 3.0;
    var most = -1.0;
    for (var j = top; j < min(top + TILE, n); j++) {
        let y = f32(j) * step - 3.0;
        let r = x * x + y * y;
        most = max(most, cosine(r) / (1.0 + r));
    }
    columns[index] = most;
    workgroupBarrier();
    if index % TILE == 0u && tile < side * side {
        for (var c = 1u; c < TILE; c++) {
            most = max(most, columns[index + c]);
        }
        maxima[1u + tile] = most;
    }
}

var<workgroup> parts: array<f32, 256>;
// [subgroups]
var<workgroup> filled: atomic<u32>;
// [end]

// One workgroup.
@compute @workgroup_size(256)
fn top(
    @builtin(local_invocation_index) index: u32,
    // [subgroups]
    @builtin(subgroup_invocation_id) place: u32,
    // [end]
) {
    let side = (params.n + TILE - 1u) / TILE;
    var most = -1.0;
    for (var tile = index; tile < side * side; tile += 256u) {
        most = max(most, maxima[1u + tile]);
    }
    // [subgroups]
    // Each subgroup by itself in registers; their results meet in workgroup memory, in
    // whatever order.
    most = subgroupMax(most);
    if place == 0u {
        parts[atomicAdd(&filled, 1u)] = most;
    }
    workgroupBarrier();
    if index == 0u {
        for (var part = 0u; part < atomicLoad(&filled); part++) {
            most = max(most, parts[part]);
        }
        maxima[0] = most;
    }
    // [no subgroups]
    parts[index] = most;
    for (var half = 128u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if index < half {
            parts[index] = max(parts[index], parts[index + half]);
        }
    }
    if index == 0u {
        maxima[0] = parts[0];
    }
    // [end]
}
