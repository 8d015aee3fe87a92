@group(0) @binding(2) var<storage, read_write> buffer0: array<i32>;
fn steps_h1_load(i: i32) -> i32 { return buffer0[i]; }
fn steps_h1_store(i: i32, x: i32) { buffer0[i] = x; }
struct Uniforms {
    dispatch: u32,
    count: u32,
    start: i32,
    bound: u32,
    leaf: u32,
    shader: u32,
    first: u32,
    width_1: i32,
    c1: f32,
    c2: f32,
    most_5: i32,
    steps_h1_o: i32,
    steps_h1_n0: i32,
    steps_h1_n1: i32,
    steps_h1_s0: i32,
    steps_h1_s1: i32,
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
var<private> y_6: i32;
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
// So many rounds of a loop, or none if they are too many.
fn spend(n: u32) -> u32 {
    if (n > u.bound - min(rounds, u.bound)) { fail(4294967295u, 0); }
    if (failed) { return 0u; }
    rounds += n;
    return n;
}
fn trips_i(start: i32, stop: i32, step: i32) -> u32 {
    if (step > 0 && start < stop) { return (u32(stop) - u32(start) - 1u) / u32(step) + 1u; }
    if (step < 0 && start > stop) { return (u32(start) - u32(stop) - 1u) / (0u - u32(step)) + 1u; }
    return 0u;
}
fn run() {
    var x_8: i32;
    var cr_10: f32;
    var ci_11: f32;
    var zr_12: f32;
    var zi_13: f32;
    var n_14: i32;
    var v15_15: f32;
    var v16_16: f32;
    let t1 = 0;
    let t2 = 1;
    let t3 = spend(trips_i(t1, u.width_1, t2));
    for (var t4 = 0u; t4 < t3; t4 += 1u) {
        x_8 = t1 + i32(t4) * t2;
        cr_10 = (-2.0f + (f32(x_8) * u.c1));
        ci_11 = (-1.25f + (f32(y_6) * u.c2));
        zr_12 = 0.0f;
        zi_13 = 0.0f;
        n_14 = 0;
        loop {
            if (tick()) { break; }
            if (!((n_14 < u.most_5) && (((zr_12 * zr_12) + (zi_13 * zi_13)) <= 4.0f))) { break; }
            v15_15 = (((zr_12 * zr_12) - (zi_13 * zi_13)) + cr_10);
            v16_16 = (((2.0f * zr_12) * zi_13) + ci_11);
            zr_12 = v15_15;
            zi_13 = v16_16;
            n_14 = (n_14 + 1);
        }
        let t5 = u.steps_h1_o + y_6 * u.steps_h1_s0 + x_8;
        let t6 = n_14;
        if (!failed) { steps_h1_store(t5, t6); }
    }
}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (atomicLoad(&report.dispatch) < u.dispatch) { return; }
    let k = u.first + id.x;
    if (k >= u.count) { return; }
    iteration = k;
    y_6 = u.start + i32(k);
    run();
    if (failed) {
        atomicMin(&report.dispatch, u.dispatch);
        if (failure.x < atomicMin(&report.least, failure.x)) {
            let at = atomicAdd(&report.count, 1u) & 63u;
            report.records[at] = vec4<u32>(failure, u.shader);
        }
    }
}
