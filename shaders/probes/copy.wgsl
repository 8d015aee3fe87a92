// Copies one array to another, a vector for each invocation: src/backends/probes/gpu.rs.

@group(0) @binding(0) var<storage, read> source: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> sink: array<vec4<f32>>;

@compute @workgroup_size(256)
fn copy(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x < arrayLength(&sink)) {
        sink[id.x] = source[id.x];
    }
}

// Different values: memory that holds zeros only may be kept compressed.
@compute @workgroup_size(256)
fn fill(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x < arrayLength(&sink)) {
        let value = f32(id.x % 8191u);
        sink[id.x] = vec4<f32>(value, value + 0.25, value + 0.5, value + 0.75);
    }
}
