@group(0) @binding(2) var<storage, read_write> buffer0: array<i32>;
@group(0) @binding(3) var<storage, read_write> scratch: array<u32>;
fn out_h1_load(i: i32) -> i32 { return buffer0[i]; }
fn out_h1_store(i: i32, x: i32) { buffer0[i] = x; }
struct Uniforms {
    dispatch: u32,
    count: u32,
    start: i32,
    bound: u32,
    leaf: u32,
    shader: u32,
    first: u32,
    n_1: i32,
    out_h1_o: i32,
    out_h1_n0: i32,
    out_h1_s0: i32,
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
var<private> slot: u32;
var<private> stripe: u32;
var<private> own_h3_o: i32;
var<private> own_h3_n0: i32;
var<private> own_h3_s0: i32;
fn own_h3_load(i: i32) -> i32 { return bitcast<i32>(scratch[(0u + u32(i)) * stripe + slot]); }
fn own_h3_store(i: i32, x: i32) { scratch[(0u + u32(i)) * stripe + slot] = bitcast<u32>(x); }
var<private> i_2: i32;
// The first failure of an invocation is its last: it stores nothing any more, and says so in the end.
fn fail(site: u32, index: i32) {
    if (failed) { return; }
    failed = true;
    failure = vec3<u32>(iteration, site, bitcast<u32>(index));
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
// The place of an index of an axis; of a bad one some place of the axis.
fn at(index: i32, n: i32, site: u32) -> i32 {
    let i = select(index, index + n, index < 0);
    if (i < 0 || i >= n) { fail(site, index); }
    return clamp(i, 0, max(n - 1, 0));
}
fn nonzero_i(x: i32, site: u32) -> i32 {
    if (x == 0) { fail(site, 0); }
    return x;
}
// Towards zero; by zero 0, and the least by -1 wraps.
fn quotient_i(a: i32, b: i32) -> i32 {
    if (b == 0) { return 0; }
    if (b == -1) { return -a; }
    return a / b;
}
// With the dividend's sign.
fn rest_i(a: i32, b: i32) -> i32 {
    if (b == 0) { return 0; }
    return a - quotient_i(a, b) * b;
}
// With the divisor's sign.
fn floor_rest_i(a: i32, b: i32) -> i32 {
    let rest = rest_i(a, b);
    return rest + select(0, b, rest != 0 && (rest < 0) != (b < 0));
}
fn run() {
    var v4_4: i32;
    var v5_5: i32;
    var k_6: i32;
    v4_4 = (u.n_1 + floor_rest_i(i_2, 7));
    let t1 = max(v4_4, 0);
    own_h3_o = 0;
    own_h3_n0 = t1;
    own_h3_s0 = 1;
    let t2 = i_2;
    for (var t3 = 0; t3 < 1 * t1; t3 += 1) { own_h3_store(t3, t2); }
    v5_5 = floor_rest_i(i_2, nonzero_i(own_h3_n0, 2u));
    let t4 = own_h3_o + at(v5_5, own_h3_n0, 4u);
    let t5 = (own_h3_load(own_h3_o + at(v5_5, own_h3_n0, 4u)) + 1);
    if (!failed) { own_h3_store(t4, t5); }
    let t6 = 0;
    let t7 = 997;
    let t8 = spend(trips_i(t6, own_h3_n0, t7));
    for (var t9 = 0u; t9 < t8; t9 += 1u) {
        k_6 = t6 + i32(t9) * t7;
        let t10 = u.out_h1_o + i_2;
        let t11 = (out_h1_load(u.out_h1_o + i_2) + own_h3_load(own_h3_o + at(k_6, own_h3_n0, 10u)));
        if (!failed) { out_h1_store(t10, t11); }
    }
}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    slot = id.x;
    stripe = arrayLength(&scratch) / 10006u;
    if (atomicLoad(&report.dispatch) < u.dispatch) { return; }
    let k = u.first + id.x;
    if (k >= u.count) { return; }
    iteration = k;
    i_2 = u.start + i32(k);
    run();
    if (failed) {
        atomicMin(&report.dispatch, u.dispatch);
        if (failure.x < atomicMin(&report.least, failure.x)) {
            let at = atomicAdd(&report.count, 1u) & 63u;
            report.records[at] = vec4<u32>(failure, u.shader);
        }
    }
}
