// Step counts of z -> z^2 + c, one invocation a pixel.
// Pairs with src/workloads/mandelbrot. The loop is bounded: a GPU cannot be interrupted.

struct Params {
    n: u32,
    first_row: u32, // of workgroups: long dispatches are cut into bands
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;

const MAX_STEPS = 256u;

@compute @workgroup_size(16, 16)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) local: vec3u,
) {
    let x = group.x * 16u + local.x;
    let y = (group.y + params.first_row) * 16u + local.y;
    if x >= params.n || y >= params.n {
        return;
    }
    let pixel = 2.5 / f32(params.n);
    let cr = -2.0 + f32(x) * pixel;
    let ci = -1.25 + f32(y) * pixel;
    var zr = 0.0;
    var zi = 0.0;
    var steps = 0u;
    while steps < MAX_STEPS {
        let zr2 = zr * zr;
        let zi2 = zi * zi;
        if zr2 + zi2 > 4.0 {
            break;
        }
        zi = 2.0 * zr * zi + ci;
        zr = zr2 - zi2 + cr;
        steps++;
    }
    counts[y * params.n + x] = steps;
}
