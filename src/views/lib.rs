//! Measurements as pictures and tables: what the page, an exported file and the README show.
//!
//! Pure functions from plain data to text; nothing here knows a browser.

pub mod charts;
pub mod findings;
pub mod panels;
pub mod trace;
mod words;
