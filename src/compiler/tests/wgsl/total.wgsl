@group(0) @binding(2) var<storage, read> buffer0: array<f32>;
@group(0) @binding(3) var<storage, read> buffer1: array<i32>;
fn x_h1_load(i: i32) -> f32 { return buffer0[i]; }
fn k_h3_load(i: i32) -> i32 { return buffer1[i]; }
struct Uniforms {
    dispatch: u32,
    count: u32,
    start: i32,
    bound: u32,
    leaf: u32,
    shader: u32,
    first: u32,
    x_h1_o: i32,
    x_h1_n0: i32,
    x_h1_s0: i32,
    k_h3_o: i32,
    k_h3_n0: i32,
    k_h3_s0: i32,
}
struct Report {
    dispatch: atomic<u32>,
    least: atomic<u32>,
    count: atomic<u32>,
    unused: u32,
    records: array<vec4<u32>, 64>,
    words: array<u32>,
}
@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var<storage, read_write> report: Report;
var<private> failed: bool;
var<private> failure: vec3<u32>;
var<private> iteration: u32;
var<private> rounds: u32;
var<private> s_0: f32;
var<private> n_1: u32 = 0u;
var<private> n_1_high: u32 = 0u;
var<private> i_2: i32;
// The first failure of an invocation is its last: it stores nothing any more, and says so in the end.
fn fail(site: u32, index: i32) {
    if (failed) { return; }
    failed = true;
    failure = vec3<u32>(iteration, site, bitcast<u32>(index));
}
// Another round of a loop; true if it has to end.
fn tick() -> bool {
    if (rounds >= u.bound) { fail(4294967295u, 0); }
    rounds += 1u;
    return failed;
}
// What has no literal: infinities, NaN and subnormals.
fn float_of(bits: u32) -> f32 { return bitcast<f32>(bits); }
fn run() {
    if ((0.0f < x_h1_load(u.x_h1_o + i_2))) {
        let t1 = k_h3_load(u.k_h3_o + i_2);
        n_1 += u32(t1);
        n_1_high += u32(t1 >> 31u) + select(0u, 1u, n_1 < u32(t1));
        s_0 = (s_0 + x_h1_load(u.x_h1_o + i_2));
    }
}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (atomicLoad(&report.dispatch) < u.dispatch) { return; }
    s_0 = float_of(2147483648u);
    let lane = u.first + id.x;
    let lanes = 8u * ((u.count + u.leaf - 1u) / u.leaf);
    if (lane >= lanes) { return; }
    let first = (lane / 8u) * u.leaf;
    let n = min(u.leaf, u.count - first);
    for (var j = lane % 8u; j < n; j += 8u) {
        if (tick()) { break; }
        let k = first + j;
        iteration = k;
        i_2 = u.start + i32(k);
        run();
    }
    report.words[0u + lane] = bitcast<u32>(s_0);
    report.words[2048u + 2u * lane] = n_1;
    report.words[2048u + 2u * lane + 1u] = n_1_high;
    if (failed) {
        atomicMin(&report.dispatch, u.dispatch);
        if (failure.x < atomicMin(&report.least, failure.x)) {
            let at = atomicAdd(&report.count, 1u) & 63u;
            report.records[at] = vec4<u32>(failure, u.shader);
        }
    }
}
