//! The work itself: what is computed, in which forms, and how a result is checked.
//!
//! A [`Workload`] makes a [`Problem`] of a size and a seed; what it is, in words, is in the [`catalogue`]. A problem
//! hands out kernels: Rust over index ranges at a SIMD [`Level`] ([`Problem::kernel`]), a WebGPU program ([`Problem::gpu`]), a Python program
//! ([`Problem::python`]), the data for its JavaScript module ([`Problem::data`]) and an independent reference
//! ([`Problem::reference`]), and it compares outputs with that reference element by
//! element ([`Problem::verify`]).
//!
//! To add a workload: a folder with its kernel, in Rust and in JavaScript, Python original
//! and README, its shader in `shaders/`, and its name in the list below. Back ends, page, tests and benchmarks
//! find it in [`registry`] and [`catalogue`].

pub mod inputs;
pub mod peak;
pub mod simd;

mod compare;
mod data;
mod gpu;
mod kernel;
mod own;
mod picture;
mod python;
mod readme;
mod shared;

mod heat;
mod mandelbrot;
#[path = "map-reduce/mod.rs"]
mod map_reduce;
mod matmul;
#[path = "monte-carlo/mod.rs"]
mod monte_carlo;
mod nbody;

pub use data::Data;
pub use gpu::{Access, Buffer, GpuPass, GpuProgram};
pub use kernel::{Arithmetic, Film, Footprint, Kernel, Level, Output, Pass, Problem, ProblemError, Workload};
pub use own::Own;
pub use python::{Argument, Array, PythonProgram};
pub use shared::{OutOfMemory, Shared};

use parallax_protocol::WorkloadInfo;

/// The list of workloads.
macro_rules! workloads {
    ($($folder:ident::$name:ident),* $(,)?) => {
        /// Every workload, in the order of the page's list.
        pub fn registry() -> &'static [&'static dyn Workload] {
            &[$(&$folder::$name),*]
        }

        /// What there is to say of each, in the registry's order: names, words, sizes and sources.
        ///
        /// None of it is in the trait. A trait's table is linked whole, and the engine, which only runs workloads,
        /// would be fetched with all of their texts.
        pub fn catalogue() -> Vec<WorkloadInfo> {
            vec![$($folder::info()),*]
        }
    };
}

workloads![
    mandelbrot::Mandelbrot,
    map_reduce::MapReduce,
    heat::Heat,
    matmul::Matmul,
    monte_carlo::MonteCarlo,
    nbody::Nbody,
];

impl dyn Workload {
    /// Its entry in the [`catalogue`].
    ///
    /// # Panics
    /// If it has none; each of the [`registry`] has.
    pub fn info(&self) -> WorkloadInfo {
        let info = catalogue().into_iter().find(|info| info.id == self.id());
        info.expect("the catalogue has every workload of the registry")
    }
}

/// The workload with this id.
pub fn find(id: &str) -> Option<&'static dyn Workload> {
    registry().iter().copied().find(|w| w.id() == id)
}
