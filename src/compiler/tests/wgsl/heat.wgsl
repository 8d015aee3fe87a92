@group(0) @binding(2) var<storage, read_write> buffer0: array<f32>;
@group(0) @binding(3) var<storage, read> buffer1: array<f32>;
fn b_h3_load(i: i32) -> f32 { return buffer0[i]; }
fn b_h3_store(i: i32, x: f32) { buffer0[i] = x; }
fn a_h1_load(i: i32) -> f32 { return buffer1[i]; }
struct Uniforms {
    dispatch: u32,
    count: u32,
    start: i32,
    bound: u32,
    leaf: u32,
    shader: u32,
    first: u32,
    b_h3_o: i32,
    b_h3_n0: i32,
    b_h3_s0: i32,
    a_h1_o: i32,
    a_h1_n0: i32,
    a_h1_s0: i32,
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
var<private> i_4: i32;
fn run() {
    let t1 = u.b_h3_o + i_4;
    let t2 = (((0.25f * a_h1_load(u.a_h1_o + (i_4 - 1))) + (0.5f * a_h1_load(u.a_h1_o + i_4))) + (0.25f * a_h1_load(u.a_h1_o + (i_4 + 1))));
    if (!failed) { b_h3_store(t1, t2); }
}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (atomicLoad(&report.dispatch) < u.dispatch) { return; }
    let k = u.first + id.x;
    if (k >= u.count) { return; }
    iteration = k;
    i_4 = u.start + i32(k);
    run();
}
