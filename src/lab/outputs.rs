//! How a kernel's outputs are seen: as pictures, lines, clouds of points, distributions or numbers.
//! Chosen by their shapes, or by a line `# parallax: show=HOW`.

use parallax_protocol::RawOutput;
use parallax_views::charts::{Axis, Chart, How, Kind, Lines, Point, Series, Unit};

/// Points of a line at most; of more the least and the greatest of each stretch are drawn.
const MOST_POINTS: usize = 600;
/// Points of a cloud at most; of more every so-manieth is drawn.
const MOST_DOTS: usize = 2_000;
/// Bars of a distribution.
const BINS: usize = 48;
/// Numbers that are written out.
const MOST_NUMBERS: usize = 64;
/// An array is a picture if both of its axes are at least so long.
const LEAST_SIDE: u64 = 8;
/// Pixels of a picture's side at most; of more every so-manieth is shown. They are drawn on the page's own thread.
const MOST_SIDE: usize = 1_024;

/// Ways to see an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Each element a pixel.
    Image,
    /// Elements over their index.
    Line,
    /// Pairs as points.
    Scatter,
    /// How often which values are there.
    Histogram,
    /// Written out.
    Numbers,
}

impl Show {
    const ALL: [(Show, &'static str); 5] = [
        (Show::Image, "image"),
        (Show::Line, "line"),
        (Show::Scatter, "scatter"),
        (Show::Histogram, "histogram"),
        (Show::Numbers, "numbers"),
    ];

    /// By the name that a hint has for it.
    pub fn named(name: &str) -> Option<Show> {
        let found = Show::ALL.into_iter().find(|(_, own)| *own == name);
        found.map(|(show, _)| show)
    }
}

/// What is put on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawing {
    /// Pixels, row by row.
    Image(Image),
    /// A chart.
    Chart(Box<Chart>),
    /// Numbers, with how many more there are.
    Numbers(Vec<String>, usize),
}

/// A picture of an array.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Four bytes for each.
    pub rgba: Vec<u8>,
    /// One row, and of it one element, of so many is shown.
    pub every: usize,
    /// The least and the greatest value, the ends of the scale of colours; none where elements are colours.
    pub range: Option<(f64, f64)>,
}

/// An output's elements as numbers; complex and unknown ones are none.
#[derive(Debug, Clone)]
pub struct Numbers<'a> {
    raw: &'a RawOutput,
    bytes: usize,
    read: Reader,
}

/// Makes a number of an element's bytes.
type Reader = fn(&[u8]) -> f64;

/// Bytes of an element, and how one is read. Found once: a picture has a million elements.
fn reader(dtype: &str) -> Option<(usize, Reader)> {
    macro_rules! of {
        ($of:ty) => {
            (size_of::<$of>(), |bytes| {
                <$of>::from_le_bytes(bytes.try_into().unwrap_or_default()) as f64
            })
        };
    }
    Some(match dtype {
        "bool" | "uint8" => of!(u8),
        "int8" => of!(i8),
        "int16" => of!(i16),
        "uint16" => of!(u16),
        "int32" => of!(i32),
        "uint32" => of!(u32),
        "int64" => of!(i64),
        "uint64" => of!(u64),
        "float32" => of!(f32),
        "float64" => of!(f64),
        _ => return None,
    })
}

impl<'a> Numbers<'a> {
    /// Of an output that has its elements with it.
    pub fn of(raw: &'a RawOutput) -> Option<Numbers<'a>> {
        let (bytes, read) = reader(&raw.dtype)?;
        let len: u64 = raw.shape.iter().product();
        let whole = usize::try_from(len).ok()?.checked_mul(bytes)? == raw.bytes.len();
        whole.then_some(Numbers { raw, bytes, read })
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.raw.bytes.len() / self.bytes
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn element(&self, at: usize) -> &'a [u8] {
        &self.raw.bytes[at * self.bytes..(at + 1) * self.bytes]
    }

    /// One of them, to be drawn; whole numbers beyond 2^53 are rounded.
    pub fn at(&self, at: usize) -> f64 {
        (self.read)(self.element(at))
    }

    /// All of them, as [`Numbers::at`] has them.
    pub fn all(&self) -> impl Iterator<Item = f64> + 'a {
        self.raw.bytes.chunks_exact(self.bytes).map(self.read)
    }

    /// The same as it is written: shortest digits that say exactly this number.
    pub fn written(&self, at: usize) -> String {
        let word = || {
            let bytes = self.element(at).iter().rev();
            bytes.fold(0, |word, byte| word << 8 | u64::from(*byte))
        };
        match self.raw.dtype.as_str() {
            "bool" => (if word() == 0 { "False" } else { "True" }).into(),
            "float32" => format!("{:?}", f32::from_bits(word() as u32)),
            "float64" => format!("{:?}", f64::from_bits(word())),
            "uint64" => word().to_string(),
            "int64" => (word() as i64).to_string(),
            _ => format!("{}", self.at(at)),
        }
    }

    /// Least and greatest of what is finite.
    fn range(&self) -> Option<(f64, f64)> {
        let finite = self.all().filter(|v| v.is_finite());
        finite.fold(None, |range, v| {
            let (low, high) = range.unwrap_or((v, v));
            Some((f64::min(low, v), f64::max(high, v)))
        })
    }
}

/// Draws outputs; `id` tells charts on a page apart, and `key` is the back end's.
pub fn draw(outputs: &[RawOutput], show: Option<Show>, id: &str, key: &str) -> Vec<Drawing> {
    // A cloud of the first two outputs, one for each axis; what else there is is seen as it is.
    if let (Some(Show::Scatter), [x, y, rest @ ..]) = (show, outputs)
        && let (Some(x), Some(y)) = (Numbers::of(x), Numbers::of(y))
        && x.len() == y.len()
        && x.raw.shape.len() == 1
    {
        let pairs: Vec<(f64, f64)> = x.all().zip(y.all()).collect();
        let mut all = vec![cloud(&pairs, id, key)];
        all.extend(draw(rest, None, &format!("{id}-rest"), key));
        return all;
    }
    let one = |(at, raw): (usize, &RawOutput)| {
        let numbers = Numbers::of(raw).filter(|numbers| !numbers.is_empty())?;
        // The hint is of the first output; others are seen as their shapes suggest.
        let show = show.filter(|_| at == 0).unwrap_or_else(|| usual(raw));
        Some(drawing(&numbers, show, &format!("{id}-{at}"), key))
    };
    outputs.iter().enumerate().filter_map(one).collect()
}

/// What differs: of each element by how much.
pub fn difference(one: &RawOutput, other: &RawOutput) -> Option<RawOutput> {
    let (a, b) = (Numbers::of(one)?, Numbers::of(other)?);
    if one.shape != other.shape {
        return None;
    }
    let gap = |(a, b): (f64, f64)| match a == b || (a.is_nan() && b.is_nan()) {
        true => 0.0,
        false => (a - b).abs(),
    };
    Some(RawOutput {
        dtype: "float64".into(),
        shape: one.shape.clone(),
        bytes: a
            .all()
            .zip(b.all())
            .flat_map(|pair| gap(pair).to_le_bytes())
            .collect(),
    })
}

/// What a shape suggests.
fn usual(raw: &RawOutput) -> Show {
    match raw.shape[..] {
        [height, width] if height >= LEAST_SIDE && width >= LEAST_SIDE => Show::Image,
        [height, width, 3 | 4] if height >= LEAST_SIDE && width >= LEAST_SIDE => Show::Image,
        [n, 2] if n > MOST_NUMBERS as u64 / 2 => Show::Scatter,
        [n] if n > MOST_NUMBERS as u64 / 4 => Show::Line,
        _ => Show::Numbers,
    }
}

fn drawing(numbers: &Numbers, show: Show, id: &str, key: &str) -> Drawing {
    match (show, &numbers.raw.shape[..]) {
        (Show::Image, [height, width]) => grey(numbers, *width as usize, *height as usize),
        (Show::Image, [height, width, depth @ (3 | 4)]) => {
            coloured(numbers, *width as usize, *height as usize, *depth as usize)
        }
        (Show::Scatter, [_, 2]) => {
            let pairs = (0..numbers.len() / 2).map(|i| (numbers.at(2 * i), numbers.at(2 * i + 1)));
            cloud(&pairs.collect::<Vec<_>>(), id, key)
        }
        (Show::Histogram, _) => distribution(numbers, id, key),
        (Show::Line | Show::Image | Show::Scatter, [_]) => line(numbers, id, key),
        _ => {
            let shown = numbers.len().min(MOST_NUMBERS);
            let all = (0..shown).map(|i| numbers.written(i)).collect();
            Drawing::Numbers(all, numbers.len() - shown)
        }
    }
}

/// From dark to light: told apart in grey, in print, and by colour-blind people. Anchors of our own choice.
const SCALE: [[f64; 3]; 6] = [
    [12.0, 14.0, 42.0],
    [38.0, 62.0, 118.0],
    [62.0, 118.0, 134.0],
    [122.0, 164.0, 118.0],
    [214.0, 186.0, 88.0],
    [252.0, 240.0, 186.0],
];

/// Of a share from 0 to 1.
fn colour(share: f64) -> [u8; 4] {
    let at = share.clamp(0.0, 1.0) * (SCALE.len() - 1) as f64;
    let low = (at as usize).min(SCALE.len() - 2);
    let part = at - low as f64;
    let [r, g, b] =
        [0, 1, 2].map(|c| (SCALE[low][c] + part * (SCALE[low + 1][c] - SCALE[low][c])).round() as u8);
    [r, g, b, 255]
}

/// What is no number, or infinite.
const NOTHING: [u8; 4] = [179, 32, 44, 255];

fn grey(numbers: &Numbers, width: usize, height: usize) -> Drawing {
    let range = numbers.range();
    let (low, high) = range.unwrap_or((0.0, 0.0));
    let span = if high > low { high - low } else { 1.0 };
    let scale: Vec<[u8; 4]> = (0..=255).map(|i| colour(f64::from(i) / 255.0)).collect();
    let pixel = |i: usize| match numbers.at(i) {
        v if v.is_finite() => scale[((v - low) / span * 255.0).round().min(255.0) as usize],
        _ => NOTHING,
    };
    image(width, height, range, pixel)
}

/// Bytes as they are; floats from 0 to 1.
fn coloured(numbers: &Numbers, width: usize, height: usize, depth: usize) -> Drawing {
    let scale = match numbers.raw.dtype.as_str() {
        "float32" | "float64" => 255.0,
        _ => 1.0,
    };
    let part = |i: usize| (numbers.at(i) * scale).clamp(0.0, 255.0).round() as u8;
    let pixel = |i: usize| {
        let at = i * depth;
        let alpha = if depth == 4 { part(at + 3) } else { 255 };
        [part(at), part(at + 1), part(at + 2), alpha]
    };
    image(width, height, None, pixel)
}

/// `pixel` is given an element's place.
fn image(
    width: usize,
    height: usize,
    range: Option<(f64, f64)>,
    pixel: impl Fn(usize) -> [u8; 4],
) -> Drawing {
    let every = width.max(height).div_ceil(MOST_SIDE);
    let (columns, rows) = (width.div_ceil(every), height.div_ceil(every));
    let mut rgba = Vec::with_capacity(4 * columns * rows);
    for row in (0..height).step_by(every) {
        for column in (0..width).step_by(every) {
            rgba.extend_from_slice(&pixel(row * width + column));
        }
    }
    Drawing::Image(Image {
        width: columns as u32,
        height: rows as u32,
        rgba,
        every,
        range,
    })
}

fn series(key: &str, how: How, points: Vec<Point>) -> Series {
    Series {
        key: key.into(),
        name: crate::text::OUTPUT.into(),
        points,
        how,
        dashed: false,
        marker: None,
    }
}

fn chart(id: &str, desc: &str, x: Axis, y: Axis, series: Series) -> Drawing {
    Drawing::Chart(Box::new(Chart {
        id: id.into(),
        title: crate::text::OUTPUT.into(),
        desc: desc.into(),
        kind: Kind::Lines(Lines {
            x,
            y,
            series: vec![series],
            curves: Vec::new(),
            marks: Vec::new(),
            ceilings: Vec::new(),
        }),
    }))
}

/// An axis as long as its values, and a little longer where they are all the same.
fn axis(label: &str, values: impl Iterator<Item = f64>) -> Axis {
    let axis = Axis::new(label, Unit::Plain);
    let range = values.filter(|v| v.is_finite()).fold(None, |range, v| {
        let (low, high) = range.unwrap_or((v, v));
        Some((f64::min(low, v), f64::max(high, v)))
    });
    match range {
        Some((low, high)) if low < high => axis.range(low, high),
        Some((low, _)) => axis.range(low - 1.0, low + 1.0),
        None => axis,
    }
}

fn line(numbers: &Numbers, id: &str, key: &str) -> Drawing {
    let len = numbers.len();
    let point = |i: usize, y: f64| Point {
        x: i as f64,
        y,
        ..Point::default()
    };
    let points: Vec<Point> = match len <= MOST_POINTS {
        true => (0..len).map(|i| point(i, numbers.at(i))).collect(),
        false => {
            let stretches = MOST_POINTS / 2;
            let stretch = |s: usize| {
                let (from, to) = (s * len / stretches, (s + 1) * len / stretches);
                let order = |a: &usize, b: &usize| numbers.at(*a).total_cmp(&numbers.at(*b));
                let ends = [(from..to).min_by(order), (from..to).max_by(order)];
                let mut ends: Vec<usize> = ends.into_iter().flatten().collect();
                ends.sort_unstable();
                ends.dedup();
                ends.into_iter().map(|i| point(i, numbers.at(i)))
            };
            (0..stretches).flat_map(stretch).collect()
        }
    };
    let y = axis(crate::text::VALUE, points.iter().map(|p| p.y));
    let x = Axis::new(crate::text::INDEX, Unit::Count).range(0.0, (len.max(2) - 1) as f64);
    chart(id, crate::text::AS_LINE, x, y, series(key, How::Band, points))
}

fn cloud(pairs: &[(f64, f64)], id: &str, key: &str) -> Drawing {
    let every = pairs.len().div_ceil(MOST_DOTS).max(1);
    let points: Vec<Point> = pairs
        .iter()
        .step_by(every)
        .map(|&(x, y)| Point {
            x,
            y,
            ..Point::default()
        })
        .collect();
    let x = axis("x", points.iter().map(|p| p.x));
    let y = axis("y", points.iter().map(|p| p.y));
    chart(id, crate::text::AS_POINTS, x, y, series(key, How::Points, points))
}

/// How many values lie in each of so many equal parts of their range.
fn distribution(numbers: &Numbers, id: &str, key: &str) -> Drawing {
    let (low, high) = numbers.range().unwrap_or((0.0, 0.0));
    let width = if high > low {
        (high - low) / BINS as f64
    } else {
        1.0
    };
    let mut counts = [0u64; BINS];
    for v in numbers.all().filter(|v| v.is_finite()) {
        counts[(((v - low) / width) as usize).min(BINS - 1)] += 1;
    }
    // Steps, so that the area is the number.
    let edge = |bin: usize| low + bin as f64 * width;
    let step = |(bin, count): (usize, &u64)| {
        [edge(bin), edge(bin + 1)].map(|x| Point {
            x,
            y: *count as f64,
            ..Point::default()
        })
    };
    let points: Vec<Point> = counts.iter().enumerate().flat_map(step).collect();
    let x = axis(crate::text::VALUE, [low, edge(BINS)].into_iter());
    let y = Axis::new(crate::text::HOW_MANY, Unit::Count);
    chart(id, crate::text::AS_BARS, x, y, series(key, How::Band, points))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floats(shape: &[u64], values: &[f32]) -> RawOutput {
        RawOutput {
            dtype: "float32".into(),
            shape: shape.into(),
            bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    fn whole(dtype: &str, bytes: &[u8], len: u64) -> RawOutput {
        RawOutput {
            dtype: dtype.into(),
            shape: vec![len],
            bytes: bytes.into(),
        }
    }

    fn points(drawing: &Drawing) -> &[Point] {
        let Drawing::Chart(chart) = drawing else {
            panic!("no chart")
        };
        let Kind::Lines(lines) = &chart.kind else {
            panic!("no lines")
        };
        &lines.series[0].points
    }

    #[test]
    fn shapes_choose_and_a_hint_decides() {
        let square = floats(&[8, 8], &[0.5; 64]);
        assert!(matches!(
            draw(std::slice::from_ref(&square), None, "", "")[0],
            Drawing::Image(_)
        ));
        assert!(matches!(
            draw(std::slice::from_ref(&square), Some(Show::Histogram), "", "")[0],
            Drawing::Chart(_)
        ));
        let long = floats(&[64], &[0.5; 64]);
        assert_eq!(
            points(&draw(std::slice::from_ref(&long), None, "", "")[0]).len(),
            64
        );
        let few = floats(&[3], &[0.1, f32::NAN, 2.0]);
        let expected = Drawing::Numbers(vec!["0.1".into(), "NaN".into(), "2.0".into()], 0);
        assert_eq!(draw(&[few], None, "", ""), [expected]);
        // Two outputs are one cloud.
        assert_eq!(draw(&[long.clone(), long], Some(Show::Scatter), "", "").len(), 1);
        // What did not come, or is of a type that is not known, is not drawn.
        let absent = RawOutput {
            bytes: Vec::new(),
            ..square
        };
        assert!(draw(&[absent], None, "", "").is_empty());
    }

    #[test]
    fn elements_are_read_as_their_type() {
        let at = |raw: &RawOutput, i| Numbers::of(raw).map(|n| (n.at(i), n.written(i)));
        assert_eq!(at(&whole("int8", &[255], 1), 0), Some((-1.0, "-1".into())));
        assert_eq!(at(&whole("uint16", &[1, 1], 1), 0), Some((257.0, "257".into())));
        assert_eq!(at(&whole("bool", &[1], 1), 0), Some((1.0, "True".into())));
        let most = whole("uint64", &[255; 8], 1);
        assert_eq!(at(&most, 0).map(|n| n.1), Some(u64::MAX.to_string()));
        assert!(Numbers::of(&whole("complex64", &[0; 8], 1)).is_none());
        assert!(Numbers::of(&whole("int32", &[0; 3], 1)).is_none());
    }

    #[test]
    fn a_picture_spans_its_values_and_marks_what_is_no_number() {
        let mut values = [0.0; 64];
        (values[0], values[1], values[2]) = (-1.0, 3.0, f32::NAN);
        let Drawing::Image(image) = &draw(&[floats(&[8, 8], &values)], None, "", "")[0] else {
            panic!("no picture")
        };
        assert_eq!(image.range, Some((-1.0, 3.0)));
        assert_eq!(image.rgba[..4], colour(0.0));
        assert_eq!(image.rgba[4..8], colour(1.0));
        assert_eq!(image.rgba[8..12], NOTHING);
    }

    #[test]
    fn a_large_picture_shows_every_second_row_and_column() {
        let (width, height) = (1_025usize, 9usize);
        let raw = RawOutput {
            dtype: "uint8".into(),
            shape: vec![height as u64, width as u64],
            // Odd rows and columns are never seen.
            bytes: (0..width * height)
                .map(|i| {
                    if i / width % 2 + i % width % 2 == 0 {
                        7
                    } else {
                        200
                    }
                })
                .collect(),
        };
        let Drawing::Image(image) = &draw(&[raw], None, "", "")[0] else {
            panic!("no picture")
        };
        assert_eq!((image.width, image.height, image.every), (513, 5, 2));
        assert_eq!(image.rgba.len(), 4 * 513 * 5);
        assert!(image.rgba.chunks_exact(4).all(|pixel| pixel == colour(0.0)));
        // The scale's ends are those of all elements.
        assert_eq!(image.range, Some((7.0, 200.0)));
    }

    #[test]
    fn a_long_line_keeps_its_peaks() {
        let mut values = vec![0.0; 100_000];
        values[77_777] = 9.0;
        let drawn = draw(&[floats(&[100_000], &values)], None, "", "");
        let points = points(&drawn[0]);
        assert!(points.len() <= MOST_POINTS);
        assert!(points.iter().any(|p| p.x == 77_777.0 && p.y == 9.0));
    }

    #[test]
    fn a_distribution_counts_every_value_once() {
        let values: Vec<f32> = (0..960).map(|i| i as f32).collect();
        let drawn = draw(&[floats(&[960], &values)], Some(Show::Histogram), "", "");
        let points = points(&drawn[0]);
        let total: f64 = points.iter().step_by(2).map(|p| p.y).sum();
        assert_eq!((points.len(), total), (2 * BINS, 960.0));
    }

    #[test]
    fn a_difference_is_zero_where_both_are_the_same() {
        let one = floats(&[3], &[1.0, f32::NAN, 2.0]);
        let other = floats(&[3], &[1.0, f32::NAN, 2.5]);
        let gap = difference(&one, &other);
        let gap = gap
            .as_ref()
            .and_then(Numbers::of)
            .map(|n| [n.at(0), n.at(1), n.at(2)]);
        assert_eq!(gap, Some([0.0, 0.0, 0.5]));
        assert_eq!(difference(&one, &floats(&[2], &[1.0, 2.0])), None);
    }
}
