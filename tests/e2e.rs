//! The built page in a real browser, used as a person uses it: look, press, read, stop,
//! and see what happens when something is missing or breaks (`e2e/faults`).
//!
//! `cargo xtask test` builds the site, says where everything is, and starts this once for each
//! browser; started without it, there are no tests here.
#![cfg(not(target_arch = "wasm32"))]

use anyhow::Result;
use libtest_mimic::{Arguments, Trial};
use std::env;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

#[path = "e2e/basics.rs"]
mod basics;
#[path = "e2e/examples.rs"]
mod examples;
#[path = "e2e/experiments.rs"]
mod experiments;
#[path = "e2e/faults/mod.rs"]
mod faults;
#[path = "e2e/gallery.rs"]
mod gallery;
#[path = "e2e/gaps.rs"]
mod gaps;
#[path = "e2e/house.rs"]
mod house;
#[path = "e2e/javascript.rs"]
mod javascript;
#[path = "e2e/kernel_files.rs"]
mod kernel_files;
#[path = "e2e/kernels.rs"]
mod kernels;
#[path = "e2e/lab.rs"]
mod lab;
#[path = "e2e/lab_tools.rs"]
mod lab_tools;
#[path = "e2e/lessons.rs"]
mod lessons;
#[path = "e2e/links.rs"]
mod links;
#[path = "e2e/memory.rs"]
mod memory;
#[path = "e2e/reports.rs"]
mod reports;
#[path = "e2e/soak.rs"]
mod soak;

use house::{House, Skip};
use xtask::webdriver::is_crash;

type Test = fn(&House) -> Result<()>;

/// What the page is for. What can go wrong is in [`faults::FAULTS`].
const TESTS: &[(&str, Test)] = &[
    ("first_view", basics::first_view),
    ("mandelbrot_runs_and_is_verified", basics::mandelbrot),
    ("matmul_runs_and_is_verified", basics::matmul),
    ("stop_answers_at_once", basics::stop_answers_at_once),
    ("a_finger_drawn_away", basics::a_finger_drawn_away),
    ("keyboard_only", basics::keyboard_only),
    ("accessible", basics::accessible),
    ("javascript_is_verified_at_the_edges", javascript::edges),
    ("python_of_every_workload_is_verified", kernels::workloads),
    ("a_kernel_of_ones_own", kernels::own),
    ("a_kernel_by_command", kernels::by_command),
    ("every_kernel_agrees", kernel_files::agree),
    ("every_failing_kernel_fails_alike", kernel_files::fail_alike),
    ("the_gallery_agrees", gallery::agrees),
    ("six_steps_to_the_gpu", lab::six_steps),
    ("experiments_on_a_kernel", lab::experiments),
    ("own_data_in_a_kernel", lab::own_data),
    ("a_newcomer_in_the_lab", lab::newcomer),
    ("a_draft_survives", lab::draft),
    ("a_failing_kernel_in_the_lab", lab::failing),
    ("the_lab_gives_hints", lab_tools::hints),
    ("lines_are_linked", lab_tools::lines_are_linked),
    ("what_is_printed_and_drawn", lab_tools::printed_and_drawn),
    ("files_of_the_lab", lab_tools::files),
    ("the_lab_is_accessible", lab::accessible),
    ("the_lab_answers_soon", lab::soon),
    ("the_api_gives_the_report", reports::the_api_gives_the_report),
    ("the_api_refuses_by_name", reports::the_api_refuses_by_name),
    ("a_back_end_against_itself", reports::a_back_end_against_itself),
    ("experiments_run_and_are_drawn", experiments::run_and_draw),
    ("experiment_gpu", experiments::gpu),
    (
        "a_stored_experiment_is_drawn_without_an_engine",
        experiments::drawn_without_an_engine,
    ),
    ("charts_are_saved", experiments::charts_are_saved),
    ("charts_by_keyboard", experiments::charts_by_keyboard),
    ("panels_are_accessible", experiments::accessible),
    ("files", reports::files),
    ("history_is_kept", reports::history_is_kept),
    ("a_long_history", reports::a_long_history),
    ("tries_fill_the_form", lessons::tries_fill_the_form),
    (
        "a_film_follows_a_run_and_gives_way",
        lessons::a_film_follows_a_run_and_gives_way,
    ),
    ("less_motion_is_heeded", lessons::less_motion_is_heeded),
    ("a_link_asks_the_same", links::a_link_asks_the_same),
    ("back_and_forward", links::back_and_forward),
    ("readme_example_playwright", examples::playwright),
    ("readme_example_webdriver", examples::webdriver),
    ("bench_of_the_real_page", examples::bench),
    ("many_runs_leak_nothing", memory::many_runs_leak_nothing),
    ("a_random_walk", soak::short),
];

/// What takes minutes: `cargo xtask test --full`.
const FULL_TESTS: &[(&str, Test)] = &[
    ("many_more_runs_leak_nothing", memory::many_more_runs_leak_nothing),
    ("a_long_random_walk", soak::long),
];

/// What must have the machine to itself: how soon Stop answers, how two equal rows compare, what
/// memory is held.
const ALONE: &[&str] = &[
    "stop_answers_at_once",
    "hang_in_a_thread",
    "hang_in_the_engine",
    "javascript_that_hangs",
    "read_back_that_never_ends",
    "no_isolation_headers",
    "a_back_end_against_itself",
    "bench_of_the_real_page",
    "a_kernel_that_never_ends",
    "a_setup_that_never_ends",
    "a_kernel_by_command",
    "coarse_clock",
    "many_runs_leak_nothing",
    "many_more_runs_leak_nothing",
    "a_long_random_walk",
];

/// Tests that take longer are told of: all together have minutes.
const LONG: Duration = Duration::from_secs(10);

fn main() {
    let mut arguments = Arguments::from_args();
    // Most of a test is waiting; more at a time would time each other out on a small machine.
    arguments.test_threads = Some(2);
    let mut trials = Vec::new();
    if let Some(house) = House::from_env().map(Arc::new) {
        let full = env::var_os("PARALLAX_FULL").is_some();
        let full_tests = FULL_TESTS.iter().filter(|_| full);
        let faults = faults::FAULTS.iter();
        let machine = Arc::new(RwLock::new(()));
        let mut all: Vec<_> = TESTS.iter().chain(faults).chain(full_tests).collect();
        // They are begun in this order: one that waits for the machine would keep all others waiting.
        all.sort_by_key(|(name, _)| ALONE.contains(name));
        for &(name, test) in all {
            let (house, machine) = (Arc::clone(&house), Arc::clone(&machine));
            let run = move || {
                // A test that panicked leaves nothing broken here.
                let (_alone, _together);
                match ALONE.contains(&name) {
                    true => _alone = machine.write().unwrap_or_else(PoisonError::into_inner),
                    false => _together = machine.read().unwrap_or_else(PoisonError::into_inner),
                }
                let begun = Instant::now();
                let result = match gaps::gap(&house, name) {
                    Some(why) => house::skip(why),
                    // Chromium lost a page once in dozens of whole runs, and not again: twice would be ours.
                    None => match test(&house) {
                        Err(error) if is_crash(&error) => {
                            println!("{name} is made once more: {error:#}");
                            test(&house)
                        }
                        result => result,
                    },
                };
                if begun.elapsed() > LONG {
                    println!("{name} took {} s", begun.elapsed().as_secs());
                }
                match result {
                    Err(error) if error.is::<Skip>() => {
                        println!("SKIPPED {name}: {error}");
                        Ok(())
                    }
                    result => result.map_err(|error| format!("{error:#}").into()),
                }
            };
            trials.push(Trial::test(name, run));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}
