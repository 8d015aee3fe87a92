// The pull of all bodies on each. A workgroup computes 32 bodies; eight invocations share a
// body, each takes an eighth of the pulls, so that a few thousand bodies fill a large GPU.
// The bodies that pull come through workgroup memory, 256 at a time.
// Pairs with src/workloads/nbody.

struct Params {
    n: u32,
    first_row: u32, // of workgroups: long dispatches are cut into bands
    seed: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> xs: array<f32>;
@group(0) @binding(2) var<storage, read> ys: array<f32>;
@group(0) @binding(3) var<storage, read> zs: array<f32>;
@group(0) @binding(4) var<storage, read_write> pulls: array<f32>; // along x of all, y, z

const BODIES = 32u;
const SHARES = 8u;
const TILE = 256u; // BODIES * SHARES
const SOFTENING = 1e-3;
// Too far to pull: what stands behind the last body.
const NOWHERE = vec3f(1e18);

var<workgroup> tile: array<vec3f, TILE>;

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) index: u32,
) {
    let n = params.n;
    let block = (group.y + params.first_row) * groups.x + group.x;
    let body = block * BODIES + index % BODIES;
    let share = index / BODIES;
    let own = at(body);
    var sum = vec3f(0.0);
    for (var first = 0u; first < n; first += TILE) {
        tile[index] = at(first + index);
        workgroupBarrier();
        for (var j = 0u; j < TILE / SHARES; j++) {
            let d = tile[share * (TILE / SHARES) + j] - own;
            let inverse = inverseSqrt(dot(d, d) + SOFTENING);
            sum += d * (inverse * inverse * inverse);
        }
        workgroupBarrier();
    }
    // The shares of each body together, always in the same order.
    tile[index] = sum;
    workgroupBarrier();
    if share == 0u && body < n {
        for (var s = 1u; s < SHARES; s++) {
            sum += tile[s * BODIES + index];
        }
        pulls[body] = sum.x;
        pulls[n + body] = sum.y;
        pulls[2u * n + body] = sum.z;
    }
}

fn at(body: u32) -> vec3f {
    if body >= params.n {
        return NOWHERE;
    }
    return vec3f(xs[body], ys[body], zs[body]);
}
