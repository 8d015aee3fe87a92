//! What can go wrong, provoked. RELIABILITY.md has the same list, with what a person then sees
//! and keeps; `tests/reliability.rs` compares the two.

use crate::{Test, kernels};

mod gpu;
mod isolation;
mod javascript;
mod links;
mod loading;
mod memory;
mod page;
mod policy;
mod storage;
mod threads;
mod time;

/// Put before the engine's script: faults at a word from the page.
pub const SWITCHBOARD: &str = "
    const devices = [];
    if (self.GPUAdapter) {
        const ask = GPUAdapter.prototype.requestDevice;
        GPUAdapter.prototype.requestDevice = async function (...a) {
            const device = await ask.apply(this, a);
            devices.push(device);
            return device;
        };
    }
    new BroadcastChannel('parallax-test').onmessage = ({ data }) => {
        if (data === 'throw') setTimeout(() => { throw new Error('injected by a test'); });
        if (data === 'thread') {
            self.dispatchEvent(new CustomEvent('parallax-pool-fault', { detail: 'injected by a test' }));
        }
        if (data === 'lose') for (const device of devices.splice(0)) device.destroy();
    };
";

/// Every fault that is provoked in a browser.
pub const FAULTS: &[(&str, Test)] = &[
    // Isolation.
    ("no_isolation_headers", isolation::no_headers),
    ("in_a_strangers_page", isolation::embedded),
    ("a_host_without_headers", isolation::a_host_without_headers),
    ("service_workers_blocked", isolation::service_workers_blocked),
    (
        "a_service_worker_that_does_not_help",
        isolation::a_service_worker_that_does_not_help,
    ),
    (
        "no_reload_under_a_persons_hands",
        isolation::no_reload_under_a_persons_hands,
    ),
    ("two_deploys_in_turn", isolation::two_deploys_in_turn),
    (
        "a_host_that_sends_headers_later",
        isolation::a_host_that_sends_headers_later,
    ),
    (
        "headers_later_and_files_kept",
        isolation::headers_later_and_files_kept,
    ),
    ("isolation_removed_by_a_link", isolation::removed_by_a_link),
    // Loading.
    ("engine_fails_once", loading::engine_fails_once),
    ("engine_script_missing", loading::engine_script_missing),
    ("engine_glue_missing", loading::engine_glue_missing),
    ("engine_program_missing", loading::engine_program_missing),
    ("engine_program_cut_off", loading::engine_program_cut_off),
    (
        "engine_program_is_no_program",
        loading::engine_program_is_no_program,
    ),
    ("engine_script_not_isolated", loading::engine_script_not_isolated),
    (
        "engine_program_of_another_type",
        loading::engine_program_of_another_type,
    ),
    ("engine_that_never_comes", loading::engine_that_never_comes),
    ("builds_that_differ", loading::builds_that_differ),
    (
        "a_deploy_while_the_page_is_open",
        loading::a_deploy_while_the_page_is_open,
    ),
    ("offline", loading::offline),
    ("page_program_missing", loading::page_program_missing),
    ("page_program_panics", loading::page_program_panics),
    ("catalogue_missing", loading::catalogue_missing),
    ("views_program_missing", loading::views_program_missing),
    // Threads and engine.
    ("thread_script_missing", threads::script_missing),
    ("thread_script_of_another_type", threads::script_of_another_type),
    ("thread_script_not_isolated", threads::script_not_isolated),
    ("thread_script_that_never_comes", threads::script_that_never_comes),
    ("trap_while_a_thread_starts", threads::trap_while_a_thread_starts),
    ("a_thousand_cores", threads::a_thousand_cores),
    ("panic_in_a_thread", threads::panic_in_a_thread),
    ("trap_in_a_thread", threads::trap_in_a_thread),
    ("trap_in_the_engine", threads::trap_in_the_engine),
    ("no_wait_async", threads::no_wait_async),
    ("trap_between_runs", threads::trap_between_runs),
    ("exception_in_the_engine", threads::exception_in_the_engine),
    ("hang_in_a_thread", threads::hang_in_a_thread),
    ("hang_in_the_engine", threads::hang_in_the_engine),
    ("garbage_from_the_engine", threads::garbage_from_the_engine),
    ("fifty_engines", threads::fifty_engines),
    ("presses_out_of_turn", threads::presses_out_of_turn),
    // JavaScript.
    ("javascript_that_hangs", javascript::hang),
    ("javascript_that_throws", javascript::throws),
    ("javascript_that_does_not_load", javascript::lost),
    // Python.
    ("a_kernel_that_is_refused", kernels::refused),
    ("a_kernel_that_fails", kernels::failing),
    ("a_kernel_that_never_ends", kernels::endless),
    ("a_setup_that_never_ends", kernels::endless_setup),
    ("a_kernel_that_asks_for_too_much", kernels::greedy),
    // GPU.
    ("no_webgpu", gpu::no_webgpu),
    ("no_adapter", gpu::no_adapter),
    ("adapter_that_never_answers", gpu::adapter_that_never_answers),
    (
        "device_refused_with_its_limits",
        gpu::device_refused_with_its_limits,
    ),
    ("device_refused", gpu::device_refused),
    ("shader_refused", gpu::shader_refused),
    ("gpu_out_of_memory", gpu::gpu_out_of_memory),
    ("buffer_beyond_the_limit", gpu::buffer_beyond_the_limit),
    ("workgroups_beyond_the_limit", gpu::workgroups_beyond_the_limit),
    ("device_lost_once", gpu::device_lost_once),
    ("device_lost", gpu::device_lost),
    ("gpu_process_crash", gpu::gpu_process_crash),
    ("read_back_that_never_ends", gpu::read_back_that_never_ends),
    ("read_back_refused", gpu::read_back_refused),
    ("error_outside_of_all_scopes", gpu::error_outside_of_all_scopes),
    ("software_adapter", gpu::software_adapter),
    // Memory.
    ("memory_of_a_phone", memory::phone),
    ("large_memory_refused", memory::large_memory_refused),
    ("no_memory_at_all", memory::no_memory_at_all),
    ("memory_that_does_not_grow", memory::memory_that_does_not_grow),
    (
        "interfaces_that_refuse_shared_memory",
        memory::interfaces_that_refuse_shared_memory,
    ),
    // Time.
    ("coarse_clock", time::coarse_clock),
    ("cold_runs", time::cold_runs),
    ("hidden_page", time::hidden),
    ("frozen_page", time::frozen),
    ("another_tab", time::another_tab),
    // Links and addresses.
    ("link_cut_off", links::cut_off),
    ("link_damaged", links::damaged),
    ("link_of_a_newer_version", links::of_a_newer_version),
    ("link_with_markup", links::with_markup),
    ("link_too_long", links::too_long),
    ("link_that_is_a_bomb", links::bomb),
    ("opening_runs_nothing", links::opening_runs_nothing),
    ("bad_addresses_say_so", links::bad_addresses),
    // Storage.
    ("storage_blocked", storage::blocked),
    ("storage_full", storage::full),
    ("storage_that_never_answers", storage::silent),
    ("storage_forbidden", storage::forbidden_by_the_browser),
    // Results and strangers' texts.
    ("wrong_result", page::wrong_result),
    ("markup_in_every_field", page::markup_in_every_field),
    ("script_forbidden_by_the_policy", policy::holds),
    ("no_request_to_others", page::no_request_to_others),
];
