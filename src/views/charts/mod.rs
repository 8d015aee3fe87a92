//! Charts as SVG, and the table behind each.
//!
//! A [`Chart`] is plain data. [`svg`] draws it for a width in CSS pixels: for the page,
//! where `style/charts.css` gives the colours, or as a file of its own with the colours
//! in it. [`table`] gives the same figures as rows, every one of them, for readers that
//! cannot see the picture and for other programs.
//!
//! Nothing is told by colour alone: series have markers or dashes, parts have patterns.
//! Values that have no place (not a number, infinite, not above zero on a logarithmic
//! axis, outside a given range) are left out of the picture and kept in the table.

mod bars;
mod draw;
mod format;
mod labels;
mod legend;
mod lines;
mod look;
pub(crate) mod markup;
mod model;
pub(crate) mod ruler;
mod space;
mod spans;
mod table;
mod text;

#[cfg(test)]
mod tests;

pub use draw::{Options, Picture, Theme, draw, svg};
pub use format::Unit;
pub use look::Marker;
pub use model::{
    Axis, Bars, Ceiling, Chart, Curve, How, Kind, Lines, Mark, Part, Point, Row, Scale, Series, Span, Spans,
    Track,
};
pub(crate) use table::quoted;
pub use table::{Cell, Column, Table, table};
