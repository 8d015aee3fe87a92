// Five sweeps of the mean of the four neighbours, the edges fixed. A workgroup fetches a tile
// of 30 x 30 points with the five rings around it that five sweeps need, and makes all sweeps
// in workgroup memory, to and fro between two fields: memory is read and written once.
// Dispatched twice, for ten sweeps. Pairs with src/workloads/heat.

struct Params {
    n: u32,
    first_row: u32, // of workgroups: long dispatches are cut into bands
    seed: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> before: array<f32>;
@group(0) @binding(2) var<storage, read_write> after: array<f32>;

const SWEEPS = 5;
const TILE = 30;
const SIDE = 40; // TILE + 2 * SWEEPS
const POINTS = 1600u; // SIDE * SIDE

var<workgroup> fields: array<array<f32, POINTS>, 2>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) index: u32,
) {
    let n = i32(params.n);
    let corner = vec2i(vec2u(group.x, group.y + params.first_row)) * TILE - SWEEPS;
    for (var i = index; i < POINTS; i += 256u) {
        let p = corner + vec2i(i32(i) % SIDE, i32(i) / SIDE);
        var value = 0.0;
        if all(p >= vec2i(0)) && all(p < vec2i(n)) {
            value = before[p.y * n + p.x];
        }
        // Both: what no sweep changes is the same in either.
        fields[0][i] = value;
        fields[1][i] = value;
    }
    workgroupBarrier();
    for (var sweep = 0; sweep < SWEEPS; sweep++) {
        let old = u32(sweep) % 2u;
        // A ring less with every sweep; the plate's edges and what is beyond stay.
        let least = max(vec2i(sweep + 1), vec2i(1) - corner);
        let most = min(vec2i(SIDE - 2 - sweep), vec2i(n - 2) - corner);
        for (var i = index; i < POINTS; i += 256u) {
            let q = vec2i(i32(i) % SIDE, i32(i) / SIDE);
            if all(q >= least) && all(q <= most) {
                fields[1u - old][i] = 0.25 * (fields[old][i - u32(SIDE)] + fields[old][i + u32(SIDE)]
                    + fields[old][i - 1u] + fields[old][i + 1u]);
            }
        }
        workgroupBarrier();
    }
    for (var i = index; i < POINTS; i += 256u) {
        let q = vec2i(i32(i) % SIDE, i32(i) / SIDE);
        let p = corner + q;
        let own = all(q >= vec2i(SWEEPS)) && all(q < vec2i(SWEEPS + TILE));
        if own && all(p < vec2i(n)) {
            after[p.y * n + p.x] = fields[u32(SWEEPS) % 2u][i];
        }
    }
}
