// Darts within a circle: hits of every 4,096 darts (`blocks`), then of all (`total`).
// Pairs with src/workloads/monte-carlo.

struct Params {
    n: u32,
    first_row: u32, // of workgroups: long dispatches are cut into bands
    seed: vec2u,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>; // of all, then of each block

const BLOCK = 4096u;
const RADIUS_SQUARED = 1i << 30u;

// Four random words of a counter and a seed: pcg4d (Jarzynski and Olano, 2020).
fn words(counter: u32) -> vec4u {
    var v = vec4u(counter, 0x64617274u, params.seed) * 1664525u + 1013904223u;
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    v ^= v >> vec4u(16u);
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    return v;
}

// 1 for each dart within the circle. A word's halves are the coordinates, made odd: from
// -32767 to 32767.
fn hits(words: vec4u) -> vec4u {
    let odd = bitcast<vec4i>(words | vec4u(0x00010001u));
    let x = (odd << vec4u(16u)) >> vec4u(16u);
    let y = odd >> vec4u(16u);
    return select(vec4u(0u), vec4u(1u), x * x + y * y < vec4i(RADIUS_SQUARED));
}

var<workgroup> sum: atomic<u32>;

// Adds up a workgroup's numbers, at its first invocation. A sum of integers is the same in
// every order.
fn add_up(
    index: u32,
    own: u32,
    // [subgroups]
    place: u32,
    // [end]
) -> u32 {
    // [subgroups]
    let part = subgroupAdd(own);
    if place == 0u {
        atomicAdd(&sum, part);
    }
    // [no subgroups]
    atomicAdd(&sum, own);
    // [end]
    workgroupBarrier();
    return atomicLoad(&sum);
}

// A block a workgroup, four darts an invocation at a time.
@compute @workgroup_size(256)
fn blocks(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) index: u32,
    // [subgroups]
    @builtin(subgroup_invocation_id) place: u32,
    // [end]
) {
    let block = (group.y + params.first_row) * groups.x + group.x;
    var own = vec4u(0u);
    for (var i = 0u; i < BLOCK; i += 1024u) {
        let dart = block * BLOCK + i + index * 4u;
        let thrown = dart + vec4u(0u, 1u, 2u, 3u) < vec4u(params.n);
        own += select(vec4u(0u), hits(words(dart / 4u)), thrown);
    }
    let count = add_up(
        index,
        own.x + own.y + own.z + own.w,
        // [subgroups]
        place,
        // [end]
    );
    if index == 0u && block * BLOCK < params.n {
        counts[1u + block] = count;
    }
}

// One workgroup.
@compute @workgroup_size(256)
fn total(
    @builtin(local_invocation_index) index: u32,
    // [subgroups]
    @builtin(subgroup_invocation_id) place: u32,
    // [end]
) {
    var own = 0u;
    for (var block = index; block < (params.n + BLOCK - 1u) / BLOCK; block += 256u) {
        own += counts[1u + block];
    }
    let count = add_up(
        index,
        own,
        // [subgroups]
        place,
        // [end]
    );
    if index == 0u {
        counts[0] = count;
    }
}
