//! What a chart says, before it is a picture.

use super::format::Unit;
use super::look::Marker;

/// A chart: one question, one picture, one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Unlike any other on the page; the ids in the picture begin with it.
    pub id: String,
    /// A few words.
    pub title: String,
    /// One sentence on what is to be seen, for those who cannot.
    pub desc: String,
    /// What is drawn.
    pub kind: Kind,
}

/// The kinds of chart.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Figures over figures.
    Lines(Lines),
    /// Parts of a whole, to the right.
    Bars(Bars),
    /// What ran when.
    Spans(Spans),
}

/// How distances stand for values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Equal distances are equal differences.
    #[default]
    Linear,
    /// Equal distances are equal ratios; values up to zero have no place.
    Log,
}

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What is measured, without its unit: "time", "threads".
    pub label: String,
    /// What one counts, in the plural, where a value reads "4 threads" and not "threads 4".
    pub noun: Option<String>,
    /// How values are written.
    pub unit: Unit,
    /// How they are placed.
    pub scale: Scale,
    /// From where to where; without it, as far as the values go.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    /// A linear axis as long as its values ask for.
    pub fn new(label: impl Into<String>, unit: Unit) -> Axis {
        Axis {
            label: label.into(),
            noun: None,
            unit,
            scale: Scale::Linear,
            range: None,
        }
    }

    /// The same, logarithmic.
    #[must_use]
    pub fn log(self) -> Axis {
        Axis {
            scale: Scale::Log,
            ..self
        }
    }

    /// The same, for things that are counted: "threads".
    #[must_use]
    pub fn counting(self, noun: impl Into<String>) -> Axis {
        Axis {
            noun: Some(noun.into()),
            ..self
        }
    }

    /// The same, from where to where.
    #[must_use]
    pub fn range(self, low: f64, high: f64) -> Axis {
        Axis {
            range: Some((low, high)),
            ..self
        }
    }
}

/// Series over two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// To the right.
    pub x: Axis,
    /// Upwards; a linear one begins at zero unless a range is given.
    pub y: Axis,
    /// What was measured.
    pub series: Vec<Series>,
    /// What it is held against: an ideal, a fit.
    pub curves: Vec<Curve>,
    /// Places on the x axis.
    pub marks: Vec<Mark>,
    /// Limits, such as a roofline's.
    pub ceilings: Vec<Ceiling>,
}

/// Measured points of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// A back end's id ("threads+simd", "scalar#2") for its colour; others get one that is free.
    pub key: String,
    /// As in the legend.
    pub name: String,
    /// In any order; lines are drawn from left to right.
    pub points: Vec<Point>,
    /// Joined or not.
    pub how: How,
    /// Predicted, or measured by somebody else.
    pub dashed: bool,
    /// In place of the one that goes with the key.
    pub marker: Option<Marker>,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum How {
    /// Joined; intervals as whiskers, or as a band where the points are many.
    #[default]
    Line,
    /// Not joined.
    Points,
    /// Joined, intervals always as a band, no markers.
    Band,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Point {
    /// On the x axis.
    pub x: f64,
    /// On the y axis.
    pub y: f64,
    /// The interval of y, its low and its high end.
    pub interval: Option<(f64, f64)>,
    /// What is written next to it; points close together may share one.
    pub label: Option<String>,
}

/// A line that was not measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The back end that it belongs to, for the colour; empty for none.
    pub key: String,
    /// As written at its end.
    pub name: String,
    /// From left to right.
    pub points: Vec<(f64, f64)>,
    /// Dashed.
    pub dashed: bool,
}

/// A place on the x axis and how certain it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where.
    pub at: f64,
    /// From where to where it may be.
    pub interval: Option<(f64, f64)>,
    /// As written above: "n = 131,000 (98,000-180,000)".
    pub label: String,
}

/// A limit, made of straight pieces.
#[derive(Debug, Clone, PartialEq)]
pub struct Ceiling {
    /// The back end that it belongs to, for the colour; empty for none.
    pub key: String,
    /// As written above its last piece.
    pub label: String,
    /// As written along its first piece.
    pub slant: Option<String>,
    /// Corners from left to right.
    pub points: Vec<(f64, f64)>,
}

/// Stacked bars to the right, from zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// Always linear, since lengths are added.
    pub axis: Axis,
    /// From the top.
    pub rows: Vec<Row>,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// A back end's id, for the colour.
    pub id: String,
    /// As written before it.
    pub name: String,
    /// From the left.
    pub parts: Vec<Part>,
    /// As written under the name.
    pub note: Option<String>,
}

/// A part of a bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The same part in other bars has the same key, and the same pattern.
    pub key: String,
    /// As in the legend.
    pub name: String,
    /// Its length.
    pub value: f64,
}

/// What ran when: one line per track.
#[derive(Debug, Clone, PartialEq)]
pub struct Spans {
    /// From the top.
    pub tracks: Vec<Track>,
    /// The part of time that is shown, in milliseconds; without it, all.
    pub window: Option<(f64, f64)>,
    /// Keys of spans that are shown but are not work.
    pub idle: Vec<String>,
}

/// One track.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// A back end's id, for the colour.
    pub key: String,
    /// As written before it.
    pub name: String,
    /// In any order; they may overlap.
    pub spans: Vec<Span>,
}

/// From when to when something ran.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Milliseconds.
    pub start_ms: f64,
    /// Milliseconds.
    pub end_ms: f64,
    /// What kind of thing: a back end's id (then its colour), or anything (then a pattern).
    pub key: String,
    /// What it was.
    pub label: String,
}
