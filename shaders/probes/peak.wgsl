// Multiplies and adds, with nothing to wait for: src/backends/probes/gpu.rs.

struct Coefficients {
    by: vec4<f32>,
    plus: vec4<f32>,
}

@group(0) @binding(0) var<uniform> coefficients: Coefficients;
@group(0) @binding(1) var<storage, read_write> results: array<f32>;

const TURNS = 256u;

// Four chains of four lanes, four steps a turn: 128 operations.
@compute @workgroup_size(256)
fn peak(@builtin(global_invocation_id) id: vec3<u32>) {
    let by = coefficients.by;
    let plus = coefficients.plus;
    var a = vec4<f32>(0.5, 0.625, 0.75, 0.875) + f32(id.x % 256u) / 1024.0;
    var b = a + 0.0625;
    var c = a + 0.125;
    var d = a + 0.1875;
    for (var turn = 0u; turn < TURNS; turn += 1u) {
        a = fma(a, by, plus);
        b = fma(b, by, plus);
        c = fma(c, by, plus);
        d = fma(d, by, plus);
        a = fma(a, by, plus);
        b = fma(b, by, plus);
        c = fma(c, by, plus);
        d = fma(d, by, plus);
        a = fma(a, by, plus);
        b = fma(b, by, plus);
        c = fma(c, by, plus);
        d = fma(d, by, plus);
        a = fma(a, by, plus);
        b = fma(b, by, plus);
        c = fma(c, by, plus);
        d = fma(d, by, plus);
    }
    let all = (a + b) + (c + d);
    results[id.x] = (all.x + all.y) + (all.z + all.w);
}

// A dispatch that does nothing.
@compute @workgroup_size(1)
fn nothing() {}
