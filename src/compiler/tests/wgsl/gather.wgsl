@group(0) @binding(2) var<storage, read_write> buffer0: array<f32>;
@group(0) @binding(3) var<storage, read> buffer1: array<f32>;
@group(0) @binding(4) var<storage, read> buffer2: array<i32>;
fn out_h1_load(i: i32) -> f32 { return buffer0[i]; }
fn out_h1_store(i: i32, x: f32) { buffer0[i] = x; }
fn a_h3_load(i: i32) -> f32 { return buffer1[i]; }
fn k_h5_load(i: i32) -> i32 { return buffer2[i]; }
struct Uniforms {
    dispatch: u32,
    count: u32,
    start: i32,
    bound: u32,
    leaf: u32,
    shader: u32,
    first: u32,
    out_h1_o: i32,
    out_h1_n0: i32,
    out_h1_s0: i32,
    a_h3_o: i32,
    a_h3_n0: i32,
    a_h3_s0: i32,
    k_h5_o: i32,
    k_h5_n0: i32,
    k_h5_s0: i32,
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
var<private> i_0: i32;
// The first failure of an invocation is its last: it stores nothing any more, and says so in the end.
fn fail(site: u32, index: i32) {
    if (failed) { return; }
    failed = true;
    failure = vec3<u32>(iteration, site, bitcast<u32>(index));
}
// The place of an index of an axis; of a bad one some place of the axis.
fn at(index: i32, n: i32, site: u32) -> i32 {
    let i = select(index, index + n, index < 0);
    if (i < 0 || i >= n) { fail(site, index); }
    return clamp(i, 0, max(n - 1, 0));
}
fn run() {
    let t1 = u.out_h1_o + i_0;
    let t2 = a_h3_load(u.a_h3_o + at(k_h5_load(u.k_h5_o + i_0), u.a_h3_n0, 5u));
    if (!failed) { out_h1_store(t1, t2); }
}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (atomicLoad(&report.dispatch) < u.dispatch) { return; }
    let k = u.first + id.x;
    if (k >= u.count) { return; }
    iteration = k;
    i_0 = u.start + i32(k);
    run();
    if (failed) {
        atomicMin(&report.dispatch, u.dispatch);
        if (failure.x < atomicMin(&report.least, failure.x)) {
            let at = atomicAdd(&report.count, 1u) & 63u;
            report.records[at] = vec4<u32>(failure, u.shader);
        }
    }
}
