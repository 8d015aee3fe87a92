//! `cargo xtask <command>`: reads the words, runs the command, turns its end into a status.

use std::process::ExitCode;

use xtask::args::{self, Command};
use xtask::{cmd, process};

/// The status for a command line that was not understood, as is the custom.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let command = match args::parse(std::env::args_os()) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("error: {message}\n`cargo xtask help` lists commands and flags");
            return ExitCode::from(USAGE);
        }
    };
    process::end_children_when_interrupted();
    let done = match command {
        Command::Help => {
            process::say(args::HELP);
            Ok(true)
        }
        Command::Setup => cmd::setup::run(),
        Command::Serve(options) => cmd::serve::run(options),
        Command::Test(options) => cmd::test::run(options),
        Command::Bench(options) => cmd::bench::run(&options),
        Command::Kernel(options) => cmd::kernel::run(&options),
        Command::Dist => cmd::dist::run(),
        Command::Shot(options) => cmd::shot::run(options),
    };
    process::let_interruption_end();
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
