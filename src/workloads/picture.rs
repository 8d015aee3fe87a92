//! Outputs as images.

use parallax_protocol::Picture;

/// Longest side of a picture, in pixels.
const LONGEST: usize = 512;

/// A square image of an `n` by `n` field, each pixel the mean colour of a square of
/// elements where there are more elements than pixels.
pub fn field(n: usize, colour: impl Fn(usize) -> [u8; 3]) -> Picture {
    let side = n.min(LONGEST);
    let mut rgba = Vec::with_capacity(side * side * 4);
    for py in 0..side {
        let rows = py * n / side..((py + 1) * n / side).max(py * n / side + 1);
        for px in 0..side {
            let columns = px * n / side..((px + 1) * n / side).max(px * n / side + 1);
            let mut sum = [0u32; 3];
            for y in rows.clone() {
                for x in columns.clone() {
                    for (sum, part) in sum.iter_mut().zip(colour(y * n + x)) {
                        *sum += u32::from(part);
                    }
                }
            }
            let count = (rows.len() * columns.len()) as u32;
            rgba.extend(sum.map(|s| (s / count) as u8));
            rgba.push(255);
        }
    }
    Picture {
        width: side as u32,
        height: side as u32,
        rgba,
    }
}

/// A colour between the stops of a gradient; `t` is clamped to 0..=1.
pub fn gradient(stops: &[[u8; 3]], t: f32) -> [u8; 3] {
    let last = stops.len().saturating_sub(1);
    let position = t.clamp(0.0, 1.0) * last as f32;
    let low = (position as usize).min(last.saturating_sub(1));
    let part = position - low as f32;
    let (a, b) = (stops[low], stops[(low + 1).min(last)]);
    std::array::from_fn(|i| (f32::from(a[i]) + (f32::from(b[i]) - f32::from(a[i])) * part) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_fields_keep_their_size_and_large_ones_are_averaged() {
        let p = field(3, |i| [i as u8, 0, 0]);
        assert_eq!((p.width, p.height, p.rgba.len()), (3, 3, 36));
        assert_eq!(&p.rgba[16..20], &[4, 0, 0, 255]);
        let p = field(1024, |i| if i % 2 == 0 { [0; 3] } else { [200; 3] });
        assert_eq!((p.width, p.rgba[0]), (512, 100));
    }

    #[test]
    fn gradient_hits_its_stops() {
        let stops = [[0, 0, 0], [100, 0, 0], [200, 50, 0]];
        assert_eq!(gradient(&stops, 0.0), [0, 0, 0]);
        assert_eq!(gradient(&stops, 0.5), [100, 0, 0]);
        assert_eq!(gradient(&stops, 2.0), [200, 50, 0]);
        assert_eq!(gradient(&stops, f32::NAN)[2], 0);
    }
}
