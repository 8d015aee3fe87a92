use super::*;

fn counts(n: usize, row: fn(usize, usize, &mut [u32])) -> Vec<u32> {
    let mut kernel = Rows::new(n, row).unwrap();
    // SAFETY: one call, all items, no other thread.
    unsafe { kernel.run(0, 0, 0..n) };
    match kernel.output().unwrap() {
        Output::U32(counts) => counts,
        other => panic!("not counts: {other:?}"),
    }
}

/// Sums made with NumPy by `tests/oracles/oracles.py`.
#[test]
fn the_reference_agrees_with_numpy() {
    for line in include_str!("../../../tests/oracles/mandelbrot.txt").lines() {
        let fields: Vec<u64> = line.split(' ').map(|f| f.parse().unwrap()).collect();
        let [n, sum, weighted] = fields[..] else {
            panic!("bad line: {line}")
        };
        let counts = counts(n as usize, reference::row);
        assert_eq!(counts.iter().map(|&c| u64::from(c)).sum::<u64>(), sum, "n = {n}");
        let by_place = |(i, &c): (usize, &u32)| (i as u64 % 65_521) * u64::from(c);
        assert_eq!(
            counts.iter().enumerate().map(by_place).sum::<u64>(),
            weighted,
            "n = {n}"
        );
    }
}

#[test]
fn stated_mean_of_steps_is_true() {
    for n in [128, 1024] {
        let counts = counts(n, row::<Simd>);
        let mean = counts.iter().map(|&c| f64::from(c)).sum::<f64>() / counts.len() as f64;
        assert!((mean / MEAN_STEPS - 1.0).abs() < 0.03, "n = {n}: {mean}");
    }
}

/// What a GPU that fuses every multiplication with the addition after it would count:
/// the stated share of mismatches must cover it, and not by much.
#[test]
fn fusing_changes_as_many_counts_as_the_tolerance_says() {
    fn fused_row(n: usize, y: usize, counts: &mut [u32]) {
        let step = (REGION.2 / n as f64) as f32;
        let ci = (y as f32).mul_add(step, REGION.1);
        for (x, count) in counts.iter_mut().enumerate() {
            let cr = (x as f32).mul_add(step, REGION.0);
            let (mut zr, mut zi) = (0.0f32, 0.0f32);
            *count = 0;
            while *count < MAX_STEPS && zr.mul_add(zr, zi * zi) <= 4.0 {
                let next = zr.mul_add(zr, -(zi * zi)) + cr;
                zi = (2.0 * zr).mul_add(zi, ci);
                zr = next;
                *count += 1;
            }
        }
    }
    for n in [128, 512] {
        let plain = Output::U32(counts(n, reference::row));
        let fused = Output::U32(counts(n, fused_row));
        let v = compare::mismatches(&plain, &fused, RELAXED_MISMATCHES, |i| i.to_string());
        let tile = compare::worst_tile(n, &plain, &fused);
        println!(
            "n = {n}: {} of the counts differ when fused, {tile} of a tile",
            v.max_error
        );
        assert!(tile < RELAXED_TILE_MISMATCHES / 2.0, "n = {n}: {tile}");
        assert!(
            v.ok && v.max_error > RELAXED_MISMATCHES / 10.0,
            "n = {n}: {}",
            v.max_error
        );
    }
}

/// One workgroup's tile out of 4,096, or the last row of them, is wrong, though it may be a small share.
#[test]
fn a_tile_that_was_never_written_is_wrong_on_the_gpu_too() {
    let n = 1024;
    let problem = Image { n, seed: 1 };
    let reference = counts(n, reference::row);
    let blank = |is_blank: &dyn Fn(usize, usize) -> bool| {
        let value = |(i, &c): (usize, &u32)| if is_blank(i / n, i % n) { 0 } else { c };
        Output::U32(reference.iter().enumerate().map(value).collect())
    };
    let good = Output::U32(reference.clone());
    assert!(problem.verify(&good, &good, Arithmetic::Relaxed).ok);
    let tile = blank(&|y, x| y / 16 == 20 && x / 16 == 31);
    let band = blank(&|y, _| y / 16 == 63);
    for got in [tile, band] {
        let v = problem.verify(&good, &got, Arithmetic::Relaxed);
        assert!(!v.ok && v.max_error > v.tolerance && v.worst.is_some(), "{v:?}");
    }
}

#[test]
fn the_film_ends_with_the_whole_image() {
    let mut film = Mandelbrot.film(1).unwrap().unwrap();
    let frames: Vec<Picture> = std::iter::from_fn(|| film.next()).collect();
    let image = Image { n: 256, seed: 1 };
    let whole = image.picture(&Output::U32(counts(256, row::<Simd>)));
    assert_eq!(frames.last(), Some(&whole));
    assert_ne!(frames[0], whole);
}
