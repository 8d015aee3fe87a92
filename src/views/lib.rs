//! What the page does not need to show the form and start a run: links, files, reports as
//! scripts see them, charts.
//!
//! A program of its own, which the page fetches once it is up. All but its front are pure
//! functions from plain data to text, tested natively; `front` is what the page calls, and the
//! only part that knows a browser. Reports cross as postcard bytes.

pub mod balance;
pub mod capable;
pub mod charts;
pub mod export;
pub mod findings;
pub mod open;
pub mod panels;
pub mod roofline;
pub mod trace;
mod words;

#[cfg(all(target_arch = "wasm32", feature = "front"))]
mod front;
#[cfg(all(target_arch = "wasm32", feature = "front"))]
mod stage;
