// One sweep of the mean of the four neighbours, the edges fixed. An invocation goes down four
// points of a column, so that each point above and below is fetched once for all of them. Ten
// dispatches, to and fro between two buffers; what neighbours share comes out of the caches.
// (Five sweeps at a time in workgroup memory were tried: a third of the traffic, but a software
// adapter takes many times as long for the barriers, and no GPU was there to say what it buys.)
// Pairs with src/workloads/heat.

struct Params {
    n: u32,
    first_row: u32, // of workgroups: long dispatches are cut into bands
    seed: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> before: array<f32>;
@group(0) @binding(2) var<storage, read_write> after: array<f32>;

const ROWS = 4u;

@compute @workgroup_size(64, 4)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
) {
    let n = params.n;
    let x = group.x * 64u + local.x;
    let top = ((group.y + params.first_row) * 4u + local.y) * ROWS;
    if x >= n || top >= n {
        return;
    }
    let is_side = x == 0u || x == n - 1u;
    var i = top * n + x;
    var above = before[max(i, n) - n];
    var here = before[i];
    for (var y = top; y < min(top + ROWS, n); y++) {
        if y == n - 1u {
            after[i] = here;
            return;
        }
        let below = before[i + n];
        if y == 0u || is_side {
            after[i] = here;
        } else {
            after[i] = 0.25 * (above + below + before[i - 1u] + before[i + 1u]);
        }
        above = here;
        here = below;
        i += n;
    }
}
