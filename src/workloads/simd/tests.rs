use super::*;

/// Every operation on every lane, against plain f32.
fn check<F: F32s>() {
    let values = [1.5, -2.0, f32::NAN, 4.0, 8.0, 0.25, 3.0];
    let mut out = [0.0; 6];
    let a = F::load(&values);
    let b = F::splat(4.0) + F::iota();
    (((a + b) * a - b) / b).sqrt().store(&mut out);
    for lane in 0..F::LANES {
        let (x, y) = (values[lane], 4.0 + lane as f32);
        let expected = (((x + y) * x - y) / y).sqrt();
        // NaNs differ in their bits from machine to machine.
        let same = out[lane].to_bits() == expected.to_bits() || out[lane].is_nan() && expected.is_nan();
        assert!(same, "lane {lane}: {} for {expected}", out[lane]);
    }
    let mut counts = [9; 6];
    let small = a.le(F::splat(1.5));
    let twice = F::U32s::splat(0).count(small).count(F::mask_all());
    twice.store_part(&mut counts);
    for lane in 0..F::LANES {
        assert_eq!(counts[lane], 1 + u32::from(values[lane] <= 1.5), "lane {lane}");
    }
    assert_eq!(counts[F::LANES], 9, "wrote past its lanes");
    for len in 0..=F::LANES {
        let (mut floats, mut counts) = ([9.0; 6], [9; 6]);
        (F::load_part(&values[3..3 + len]) + F::splat(1.0)).store_part(&mut floats[..len]);
        twice.store_part(&mut counts[..len]);
        for lane in 0..len {
            assert_eq!(floats[lane], values.get(3 + lane).map_or(1.0, |v| v + 1.0));
            assert_eq!(counts[lane], 1 + u32::from(values[lane] <= 1.5));
        }
        assert!(floats[len..].iter().all(|f| *f == 9.0) && counts[len..].iter().all(|c| *c == 9));
    }
    let none = F::splat(1.0).le(F::splat(0.0));
    assert!(F::mask_any(small) && !F::mask_any(none));
    assert!(!F::mask_any(F::mask_and(small, none)) && F::mask_any(F::mask_or(small, none)));
}

/// The greater of two, NaN and equal ones included, and the greatest lane.
fn greater<F: F32s>() {
    let (a, b) = ([1.0, f32::NAN, -3.0, 0.0], [2.0, 5.0, f32::NAN, -0.0]);
    let mut out = [0.0; 4];
    F::load(&a).or_greater(F::load(&b)).store(&mut out);
    for lane in 0..F::LANES {
        let expected = if a[lane] < b[lane] { b[lane] } else { a[lane] };
        assert_eq!(out[lane].to_bits(), expected.to_bits(), "lane {lane}");
    }
    for place in 0..F::LANES {
        let mut values = [-2.0, -3.0, -5.0, -4.0];
        values[place] = 7.0;
        assert_eq!(F::load(&values).greatest(), 7.0);
    }
}

/// Every operation on integers, against plain u32.
fn words<F: F32s>() {
    let seeds = F::U32s::iota() * F::U32s::splat(0x9E37_79B9) + F::U32s::splat(0xDEAD_BEEF);
    let other = F::U32s::splat(0x8000_7FFF);
    let plain = |lane: u32| lane.wrapping_mul(0x9E37_79B9).wrapping_add(0xDEAD_BEEF);
    let check = |got: F::U32s, expected: &dyn Fn(u32) -> u32| {
        let mut out = [0; 4];
        got.store_part(&mut out[..F::LANES]);
        for (lane, got) in (0..).zip(&out[..F::LANES]) {
            assert_eq!(*got, expected(plain(lane)), "lane {lane}");
        }
        let sum = (0..F::LANES).map(|lane| expected(plain(lane as u32)));
        assert_eq!(got.sum(), sum.fold(0, u32::wrapping_add));
    };
    check(seeds, &|x| x);
    check(seeds * seeds, &|x| x.wrapping_mul(x));
    check((seeds ^ other) | other.shl::<3>(), &|x| {
        (x ^ 0x8000_7FFF) | (0x8000_7FFF << 3)
    });
    check(seeds.shr::<5>(), &|x| x >> 5);
    check(seeds.squared_halves(), &|x| {
        let half = |h: u32| i64::from(h as u16 as i16).pow(2);
        (half(x) + half(x >> 16)) as u32
    });
    let negative = seeds.lt_signed(F::U32s::splat(0));
    check(F::U32s::splat(3).count(negative), &|x| 3 + (x >> 31));
    check((F::splat(1.5) + F::iota()).to_bits(), &|x| {
        let lane = (0..4).find(|&lane| plain(lane) == x).unwrap_or(0);
        (1.5 + lane as f32).to_bits()
    });
    assert_eq!(F::from_bits(F::U32s::splat(2.5f32.to_bits())).greatest(), 2.5);
}

fn all<F: F32s>() {
    check::<F>();
    greater::<F>();
    words::<F>();
}

#[test]
fn scalar_is_one_lane_of_f32() {
    all::<Scalar>();
}

#[test]
fn simd_is_four_lanes_of_f32() {
    all::<Simd>();
}
