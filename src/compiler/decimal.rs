//! Decimals as floats, the nearest of 64 bits, halves to even; and floats as the shortest decimals that are read so again.
//!
//! The standard library does both faster, by tables: one of powers of five has ten thousand bytes. What a kernel and its files
//! hold is mostly short, where one operation on floats is exact; for the rest, whole numbers as long as they need be will do.

use std::cmp::Ordering;
use std::fmt::Write;

/// Digits that are looked at. No sum of two neighbouring floats has more, so that of what follows it only counts whether
/// there is anything but zeros.
const DIGITS: usize = 770;

/// So many digits are less than 2^53, and so many powers of ten are floats: most numbers in files are of such.
const EXACT_DIGITS: usize = 15;
const EXACT_TENS: i64 = 22;

/// Reads what Python writes: digits with a point and an exponent, `inf`, `infinity`, `nan`, each with a sign.
pub fn parse(text: &str) -> Option<f64> {
    let (is_negative, plain) = signed(text);
    let is = |word: &str| plain.eq_ignore_ascii_case(word);
    let value = if is("inf") || is("infinity") {
        f64::INFINITY
    } else if is("nan") {
        f64::NAN
    } else {
        magnitude(plain)?
    };
    Some(if is_negative { -value } else { value })
}

/// Whether it is below zero, and what stands behind the sign.
fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(plain) => (true, plain),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// A decimal without a sign.
fn magnitude(text: &str) -> Option<f64> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => {
            let (is_negative, plain) = signed(exponent);
            let sign = if is_negative { -1 } else { 1 };
            if plain.is_empty() || !plain.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            // Beyond this all are the same.
            let far = |far: i64, b: u8| (far * 10 + i64::from(b - b'0')).min(1 << 40);
            (digits, sign * plain.bytes().fold(0, far))
        }
        None => (text, 0),
    };
    let mut whole = Whole::default();
    let (mut tens, mut seen, mut any, mut has_point, mut is_more) = (exponent, 0, false, false, false);
    for b in digits.bytes() {
        match b {
            b'.' if !has_point => has_point = true,
            b'0'..=b'9' => {
                any = true;
                seen += usize::from(seen > 0 || b != b'0');
                if seen <= DIGITS {
                    whole.times(10, u32::from(b - b'0'));
                    tens -= i64::from(has_point);
                } else {
                    is_more |= b != b'0';
                    tens += i64::from(!has_point);
                }
            }
            _ => return None,
        }
    }
    if is_more {
        whole.times(10, 1);
        tens -= 1;
    }
    if !any {
        return None;
    }
    let length = seen.min(DIGITS) as i64 + tens;
    if seen == 0 || length < -330 {
        return Some(0.0);
    }
    if length > 310 {
        return Some(f64::INFINITY);
    }
    if seen <= EXACT_DIGITS && tens.abs() <= EXACT_TENS {
        // Both are floats as they are, so that the one operation rounds once.
        let (value, unit) = (whole.small(), (0..tens.abs()).fold(1.0, |unit, _| unit * 10.0));
        return Some(if tens < 0 { value / unit } else { value * unit });
    }
    let mut unit = Whole(vec![1]);
    for _ in 0..tens.abs() {
        let of = if tens < 0 { &mut unit } else { &mut whole };
        of.times(10, 0);
    }
    Some(nearest(whole, unit))
}

/// The float nearest to a quotient of whole numbers that are not zero.
fn nearest(mut over: Whole, mut under: Whole) -> f64 {
    // Until it is at least 1 and below 2.
    let mut power = over.bits() as i64 - under.bits() as i64;
    match power > 0 {
        true => under.shift(power as usize),
        false => over.shift(power.unsigned_abs() as usize),
    }
    if over.order(&under).is_lt() {
        over.shift(1);
        power -= 1;
    }
    if power > 1_023 {
        return f64::INFINITY;
    }
    // The bits that there is room for, one after the other.
    let room = if power >= -1_022 {
        53
    } else {
        53 - (-1_022 - power)
    };
    if room < 0 {
        return 0.0;
    }
    let mut bits = 0u64;
    for _ in 0..room {
        bits <<= 1;
        if over.order(&under).is_ge() {
            over.less(&under);
            bits |= 1;
        }
        over.shift(1);
    }
    // What is left is twice what it is in the last bit's place.
    bits += match over.order(&under) {
        Ordering::Less => 0,
        Ordering::Equal => bits & 1,
        Ordering::Greater => 1,
    };
    // A bit too many goes on into the exponent, where it belongs.
    f64::from_bits((((power + 1_022).max(0) as u64) << 52) + bits)
}

/// A float as Rust writes it for people who read programs: `1.5`, `2.0`, `1e-7`.
pub fn text(value: f64) -> String {
    written(value, 52, value.to_bits())
}

/// The same of one of 32 bits, which needs fewer digits.
pub fn text_of_single(value: f32) -> String {
    written(value.into(), 23, value.to_bits().into())
}

fn written(value: f64, width: u32, bits: u64) -> String {
    let mut out = String::from(if value.is_sign_negative() { "-" } else { "" });
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return out + "inf";
    }
    let (digits, mut point) = match value == 0.0 {
        true => (vec![0], 1),
        false => shortest(width, bits),
    };
    let exponent = point - 1;
    let is_far = !(-4..16).contains(&exponent);
    if is_far {
        point = 1;
    }
    if point <= 0 {
        out += "0.";
        (point..0).for_each(|_| out.push('0'));
    }
    let end = if is_far { 1 } else { point + 1 };
    for at in 0..end.max(digits.len() as i64) {
        if at == point && at > 0 {
            out.push('.');
        }
        out.push((b'0' + digits.get(at as usize).copied().unwrap_or(0)).into());
    }
    if is_far {
        let _ = write!(out, "e{exponent}");
    }
    out
}

/// The fewest digits between which and a float there is no other (Steele and White, How to print floating-point numbers
/// accurately, 1990), and how many of them stand before the point. It is neither zero nor without end, and has so many bits
/// of fraction.
fn shortest(width: u32, bits: u64) -> (Vec<u8>, i64) {
    let fraction = bits & ((1 << width) - 1);
    let exponent = (bits >> width) as i64 & ((1 << (if width == 52 { 11 } else { 8 })) - 1);
    let power = exponent.max(1) - if width == 52 { 1_075 } else { 150 };
    let is_even = fraction.is_multiple_of(2);
    // All in quarters of the last bit's place, where halfway to the next ones is whole.
    let scaled = |quarters: u64, by: i64| {
        let mut whole = Whole::default();
        whole.times(0, (quarters >> 30) as u32);
        whole.times(1 << 30, quarters as u32 & ((1 << 30) - 1));
        whole.shift(by.max(0) as usize);
        whole
    };
    let mut over = scaled(4 * (fraction | u64::from(exponent > 0) << width), power);
    let mut above = scaled(2, power);
    // A power of two is nearer to what is below it.
    let mut below = scaled(if fraction == 0 && exponent > 1 { 1 } else { 2 }, power);
    let mut under = scaled(4, -power);
    // Whether halfway to the next one is not below 1, or is 1 and read as this.
    let reaches = |over: &Whole, above: &Whole, under: &Whole| {
        let mut rest = under.clone();
        over.order(under).is_ge() || {
            rest.less(over);
            above.order(&rest).is_ge() && (is_even || above.order(&rest).is_gt())
        }
    };
    let mut point = 0;
    while !reaches(&over, &above, &under) {
        for one in [&mut over, &mut above, &mut below] {
            one.times(10, 0);
        }
        point -= 1;
    }
    while reaches(&over, &above, &under) {
        under.times(10, 0);
        point += 1;
    }
    let mut digits = Vec::new();
    loop {
        for one in [&mut over, &mut above, &mut below] {
            one.times(10, 0);
        }
        let mut digit = 0;
        while over.order(&under).is_ge() {
            over.less(&under);
            digit += 1;
        }
        let is_low = match over.order(&below) {
            Ordering::Equal => is_even,
            order => order.is_lt(),
        };
        let is_high = reaches(&over, &above, &under);
        if is_low || is_high {
            over.times(2, 0);
            let is_up = is_high && (!is_low || over.order(&under).is_ge());
            digits.push(digit + u8::from(is_up));
            return (digits, point);
        }
        digits.push(digit);
    }
}

/// A whole number of any length, its lowest word first, without zeros at its end.
#[derive(Clone, Default)]
struct Whole(Vec<u32>);

impl Whole {
    fn times(&mut self, by: u32, plus: u32) {
        let mut carried = u64::from(plus);
        for word in &mut self.0 {
            carried += u64::from(*word) * u64::from(by);
            *word = carried as u32;
            carried >>= 32;
        }
        if carried > 0 {
            self.0.push(carried as u32);
        }
    }

    /// As a float, where it has two words at most.
    fn small(&self) -> f64 {
        self.0
            .iter()
            .rev()
            .fold(0.0, |sum, word| sum * 4_294_967_296.0 + f64::from(*word))
    }

    fn bits(&self) -> usize {
        let top = self.0.last().map_or(32, |word| word.leading_zeros());
        self.0.len() * 32 - top as usize
    }

    fn shift(&mut self, by: usize) {
        self.times(1 << (by % 32), 0);
        self.0.splice(..0, std::iter::repeat_n(0, by / 32));
    }

    fn order(&self, other: &Whole) -> Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    /// Without another that is not greater.
    fn less(&mut self, other: &Whole) {
        let mut borrowed = 0;
        for (at, word) in self.0.iter_mut().enumerate() {
            let by = u64::from(other.0.get(at).copied().unwrap_or(0)) + borrowed;
            borrowed = u64::from(u64::from(*word) < by);
            *word = word.wrapping_sub(by as u32);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{parse, text, text_of_single};

    fn same(text: &str) {
        let (ours, theirs) = (parse(text), text.parse::<f64>().ok());
        assert_eq!(ours.map(f64::to_bits), theirs.map(f64::to_bits), "{text}");
    }

    #[test]
    fn reads_as_the_standard_library_does() {
        for text in [
            "0",
            "0.0",
            "-0.0",
            "1",
            "+1.5",
            ".5",
            "5.",
            "1e0",
            "1E5",
            "1e+5",
            "3.14159e-7",
            "0e999999999999",
            "1e999999999999999999999",
            "1e-999999999999999999999",
            "123456789012345678901234567890",
            "inf",
            "-Infinity",
            "nan",
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "1.2.3",
            "0x10",
            " 1",
            "1_0",
            "infin",
            "1e5.0",
            "17976931348623157e292",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880",
            "2.2250738585072014e-308",
            "2.225073858507201e-308",
            "5e-324",
            "4.9e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.47032822920623272088e-324",
            "1e-400",
            "9007199254740993",
            "9007199254740992.9999999999999999999999999",
            "9007199254740993.0000000000000000000000000001",
            "0.1",
            "0.2",
            "0.30000000000000004",
            "1e22",
            "1e23",
            "8.5e-323",
            "6.631236846766476e-316",
        ] {
            same(text);
        }
        let mut state = 7u64;
        for round in 0..20_000u32 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let value = f64::from_bits(state);
            if value.is_finite() {
                same(&format!("{value:e}"));
                same(&format!("{value:.*e}", (round % 30) as usize));
            }
            // On both sides of where one operation is exact.
            let digits = (state >> 8) % 10u64.pow(10 + round % 8);
            same(&format!("{digits}e{}", i64::from(round % 52) - 26));
        }
    }

    #[test]
    fn halves_are_exact_however_long() {
        for below in [1.0f64, 1.5, 3e-310, 5e-324, 1e300] {
            // The middle between it and the next above, to the last digit.
            let above = f64::from_bits(below.to_bits() + 1);
            let digits = format!("{below:.1080}");
            let sum = added(&digits, &format!("{above:.1080}"));
            same(&sum);
            same(&format!("{sum}0000001"));
            same(&format!("{}49999", &sum[..sum.len() - 1]));
        }
    }

    /// Half of the sum of two decimals of one form.
    fn added(a: &str, b: &str) -> String {
        let width = a.len().max(b.len());
        let (a, b) = (format!("{a:0>width$}"), format!("{b:0>width$}"));
        let mut carried = 0;
        let mut sum: Vec<u8> = Vec::new();
        for (x, y) in a.bytes().rev().zip(b.bytes().rev()) {
            if x == b'.' {
                sum.push(b'.');
                continue;
            }
            let digit = x - b'0' + y - b'0' + carried;
            carried = digit / 10;
            sum.push(digit % 10 + b'0');
        }
        sum.push(carried + b'0');
        let mut rest = 0;
        let mut half: Vec<u8> = Vec::new();
        for digit in sum.into_iter().rev() {
            if digit == b'.' {
                half.push(b'.');
                continue;
            }
            let both = rest * 10 + digit - b'0';
            half.push(both / 2 + b'0');
            rest = both % 2;
        }
        half.push(rest * 5 + b'0');
        String::from_utf8(half).unwrap()
    }

    #[test]
    fn writes_as_the_standard_library_does() {
        let both = |bits: u64| {
            let (wide, single) = (f64::from_bits(bits), f32::from_bits(bits as u32));
            assert_eq!(text(wide), format!("{wide:?}"), "{bits:#x}");
            assert_eq!(text_of_single(single), format!("{single:?}"), "{bits:#x}");
        };
        for value in [
            0.0,
            1.0,
            0.1,
            0.3,
            1e-4,
            1e-5,
            1e15,
            1e16,
            1e23,
            123_456.75,
            f64::NAN,
        ] {
            for value in [value, -value, 1.0 / value] {
                both(value.to_bits());
                both((value as f32).to_bits().into());
            }
        }
        // All powers of two, their neighbours, and any others.
        for exponent in 0..0x800_u64 {
            for near in [0, 1, 2, u64::MAX] {
                both((exponent << 52).wrapping_add(near));
                both((exponent << 23).wrapping_add(near));
            }
        }
        let mut state = 1u64;
        for _ in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            both(state.rotate_left(29));
        }
    }
}
