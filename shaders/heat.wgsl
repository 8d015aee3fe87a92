// One sweep of the mean of the four neighbours, the edges fixed, a point an invocation. Ten
// dispatches, to and fro between two buffers; what neighbours share comes out of the caches.
// (Five sweeps at a time in workgroup memory were tried: a third of the traffic, but a software
// adapter takes ten times as long for the barriers, and no GPU was there to say what it buys.)
// Pairs with src/workloads/heat.

struct Params {
    n: u32,
    first_row: u32, // of workgroups: long dispatches are cut into bands
    seed: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> before: array<f32>;
@group(0) @binding(2) var<storage, read_write> after: array<f32>;

@compute @workgroup_size(64, 4)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
) {
    let n = params.n;
    let x = group.x * 64u + local.x;
    let y = (group.y + params.first_row) * 4u + local.y;
    if x >= n || y >= n {
        return;
    }
    let i = y * n + x;
    if x == 0u || y == 0u || x == n - 1u || y == n - 1u {
        after[i] = before[i];
        return;
    }
    after[i] = 0.25 * (before[i - n] + before[i + n] + before[i - 1u] + before[i + 1u]);
}
