//! The kernel lab: an editor for Python in Numba's style, what the compiler makes of it beside it, a gallery
//! to begin from, and what came out as pictures.
//!
//! A program of its own, which the page fetches when somebody opens the lab. The page runs and measures
//! as it does with any workload; this only edits, asks the compiler by way of the page, and draws. All but
//! `front`, `editor` and `desk` are pure and tested natively.

pub mod gallery;
pub mod outputs;
pub mod text;
pub mod words;

#[cfg(target_arch = "wasm32")]
mod desk;
#[cfg(target_arch = "wasm32")]
mod editor;
#[cfg(target_arch = "wasm32")]
mod front;
#[cfg(target_arch = "wasm32")]
mod panes;
#[cfg(target_arch = "wasm32")]
mod seen;
