//! `cargo xtask serve`: the page on this machine, with the headers that allow threads.

use std::process::Command;
use std::thread;

use anyhow::Result;

use crate::args::Serve;
use crate::process::say;
use crate::server::{Site, listen};
use crate::{build, paths};

/// Builds and serves until interrupted.
///
/// # Errors
/// If the build fails or the port is taken.
pub fn run(options: Serve) -> Result<bool> {
    // Before the build: nobody wants to wait minutes to hear that the port is taken.
    let listener = listen(options.port)?;
    let dist = build::site()?;
    let site = Site {
        isolated: options.isolation,
        fallback: options.isolation,
        ..Site::new(dist.folder)
    };
    let running = site.start_on(listener)?;
    say(format!("serving {} (Ctrl-C ends it)", running.url));
    if !options.isolation {
        say("without isolation: the page will say that threads are off");
    }
    if options.open {
        open(&running.url);
    }
    loop {
        thread::park();
    }
}

fn open(url: &str) {
    let opener = ["xdg-open", "open"].into_iter().find_map(paths::program);
    let opened = opener.is_some_and(|program| Command::new(program).arg(url).spawn().is_ok());
    if !opened {
        say("no program here opens a browser: open the address by hand");
    }
}
