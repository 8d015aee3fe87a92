//! A row's bar, interval and samples as paths.
//!
//! The picture is 1000 wide and stretched to the place that there is; strokes keep
//! their width (`vector-effect`), so only horizontal places are scaled.

use std::fmt;

use super::axis::Axis;
use super::race::Bar;
use crate::format;

/// Width and height of the drawing; the height is the one on the screen, in pixels.
pub const VIEW_BOX: &str = "0 0 1000 36";
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 36.0;
const BAR: (f64, f64) = (3.0, 17.0);
const INTERVAL: f64 = 20.5;
const STRIP: (f64, f64) = (24.5, 33.0);
/// Half the width of an outlier's mark.
const OUTLIER: f64 = 4.0;
/// Without an axis yet: the lines of an empty screen.
const EMPTY_STEPS: u32 = 5;

/// The paths of one row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paths {
    /// Vertical lines at the ticks.
    pub grid: String,
    /// The bar; on a logarithmic axis, where length means nothing, a line.
    pub bar: String,
    /// The bar's end.
    pub tip: String,
    /// The interval, under the bar.
    pub interval: String,
    /// One stroke per sample.
    pub strip: String,
    /// One diamond per outlier.
    pub outliers: String,
    /// Somebody else's median.
    pub theirs: String,
}

/// A number in a path.
struct N(f64);

impl fmt::Display for N {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format::plain(self.0))
    }
}

/// Draws one row.
pub fn paths(axis: Option<&Axis>, bar: Option<&Bar>, theirs: Option<f64>) -> Paths {
    let place = |at: f64| (at * WIDTH * 10.0).round() / 10.0;
    let x = |at: f64| N(place(at));
    let vertical = |at: f64, (top, bottom): (f64, f64)| format!("M{} {}V{}", x(at), N(top), N(bottom));
    let mut paths = Paths {
        grid: match axis {
            Some(axis) => axis
                .ticks
                .iter()
                .map(|tick| vertical(tick.at, (0.0, HEIGHT)))
                .collect(),
            None => (0..=EMPTY_STEPS)
                .map(|i| vertical(f64::from(i) / f64::from(EMPTY_STEPS), (0.0, HEIGHT)))
                .collect(),
        },
        ..Paths::default()
    };
    paths.theirs = theirs.map_or_else(String::new, |at| vertical(at, (0.0, HEIGHT)));
    let (Some(axis), Some(bar)) = (axis, bar) else {
        return paths;
    };
    let (top, bottom) = BAR;
    let middle = N((top + bottom) / 2.0);
    let end = x(bar.end);
    paths.bar = match axis.log {
        true => format!("M0 {middle}H{end}"),
        false => format!("M0 {}H{end}V{}H0Z", N(top), N(bottom)),
    };
    paths.tip = vertical(bar.end, BAR);
    if let Some((low, high)) = bar.interval {
        paths.interval = format!("M{} {}H{}", x(low), N(INTERVAL), x(high));
    }
    paths.strip = bar.samples.iter().map(|at| vertical(*at, STRIP)).collect();
    let (top, bottom) = STRIP;
    let (top, middle, bottom) = (N(top), N((top + bottom) / 2.0), N(bottom));
    let diamond = |at: &f64| {
        let (left, right) = (N(place(*at) - OUTLIER), N(place(*at) + OUTLIER));
        format!(
            "M{left} {middle}L{} {top}L{right} {middle}L{} {bottom}Z",
            x(*at),
            x(*at)
        )
    };
    paths.outliers = bar.outliers.iter().map(diamond).collect();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_drawn_to_scale() {
        let axis = Axis::new(&[50.0], false).unwrap();
        let bar = Bar {
            end: 0.5,
            interval: Some((0.4, 0.6)),
            provisional: false,
            samples: vec![0.45, 0.55],
            outliers: vec![0.9],
        };
        let paths = paths(Some(&axis), Some(&bar), Some(0.2));
        assert_eq!(paths.theirs, "M200 0V36");
        assert!(paths.outliers.starts_with("M896 28.75L900 24.5"));
        assert_eq!(paths.bar, "M0 3H500V17H0Z");
        assert_eq!(paths.strip, "M450 24.5V33M550 24.5V33");
        assert_eq!(paths.interval, "M400 20.5H600");
        assert_eq!(paths.grid.matches('M').count(), axis.ticks.len());
    }

    #[test]
    fn an_empty_screen_has_its_lines() {
        let paths = paths(None, None, None);
        assert!(!paths.grid.is_empty() && paths.bar.is_empty());
    }
}
