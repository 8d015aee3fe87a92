//! Running other programs so that none outlives us and none fails without a word.
//!
//! Every program gets a process group of its own. The group is ended when its guard is
//! dropped and when xtask is interrupted, which also reaches what the program started: a
//! test runner's chromedriver, and Chromium behind it.

use std::collections::{BTreeSet, VecDeque};
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

/// How many of a failed program's last lines its error repeats.
const TAIL: usize = 20;
/// How long a program may take to end after it was asked to.
const GRACE: Duration = Duration::from_millis(1500);
/// How often a quiet step says that it is still going.
const TICK: Duration = Duration::from_secs(15);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static LIVE: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

fn live() -> MutexGuard<'static, BTreeSet<u32>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints one line; a reader that went away (`| head`) is no reason to panic.
pub fn say(line: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", line.as_ref());
    let _ = out.flush();
}

/// From now on SIGINT, SIGTERM and SIGHUP end every running program, then this one.
pub fn end_children_when_interrupted() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(listen);
}

fn listen() {
    thread::spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else {
            return;
        };
        let status = runtime.block_on(async {
            use tokio::signal::unix::{SignalKind, signal};
            let (mut int, mut term, mut hup) = (
                signal(SignalKind::interrupt()).ok()?,
                signal(SignalKind::terminate()).ok()?,
                signal(SignalKind::hangup()).ok()?,
            );
            // 128 + the signal's number, as shells report it.
            Some(tokio::select! {
                _ = int.recv() => 130,
                _ = term.recv() => 143,
                _ = hup.recv() => 129,
            })
        });
        if let Some(status) = status {
            INTERRUPTED.store(true, Ordering::SeqCst);
            let groups: Vec<u32> = live().iter().copied().collect();
            end_groups(&groups, || ());
            eprintln!("interrupted");
            std::process::exit(status);
        }
    });
}

/// Never returns while an interruption is being dealt with: the errors that it causes
/// elsewhere are no news.
pub fn let_interruption_end() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        thread::park();
    }
}

/// Asks the groups to end, and ends those that have not after a while: what they started
/// in groups of its own (the browser tests' chromedriver) needs that while to be ended too.
fn end_groups(groups: &[u32], mut reap: impl FnMut()) {
    let pid = |group: &u32| i32::try_from(*group).ok().and_then(Pid::from_raw);
    let pids: Vec<Pid> = groups.iter().filter_map(pid).collect();
    let send = |signal| {
        for &pid in &pids {
            // A group that has ended meanwhile is what we wanted.
            let _ = kill_process_group(pid, signal);
        }
    };
    send(Signal::TERM);
    let asked = Instant::now();
    while asked.elapsed() < GRACE {
        // One that has ended and was not waited for still counts as there.
        reap();
        if pids.iter().all(|&pid| test_kill_process_group(pid).is_err()) {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    send(Signal::KILL);
}

/// A running program with all that it started; dropping it ends them.
#[derive(Debug)]
pub struct Group {
    child: Child,
}

impl Group {
    /// Starts the command in a process group of its own.
    ///
    /// # Errors
    /// If the program cannot be started; the message names it.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("`{name}` could not be started"))?;
        live().insert(child.id());
        Ok(Self { child })
    }

    /// The first process of the group, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The first process' number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The first process' status if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = self.child.id();
        end_groups(&[group], || {
            let _ = self.ended();
        });
        let _ = self.child.wait();
        live().remove(&self.child.id());
    }
}

/// One program run to its end as a step of a larger work.
#[derive(Debug)]
pub struct Step<'a> {
    /// What it does, as in "could not ...".
    pub what: &'a str,
    /// What a person can do if it fails.
    pub way_out: &'a str,
    /// How long it may take at most.
    pub limit: Duration,
}

/// Long enough for a cold release build on a slow machine.
pub const HOUR: Duration = Duration::from_secs(3600);

impl<'a> Step<'a> {
    /// A step that may take an hour.
    #[must_use]
    pub fn new(what: &'a str, way_out: &'a str) -> Self {
        Self {
            what,
            way_out,
            limit: HOUR,
        }
    }

    /// Runs the command, passing its output through, and fails if it does.
    ///
    /// # Errors
    /// What failed and the way out; the output was seen already.
    pub fn shown(&self, mut command: Command) -> Result<()> {
        // Through a pipe cargo would drop its colours.
        if std::io::stderr().is_terminal() && std::env::var_os("CARGO_TERM_COLOR").is_none() {
            command.env("CARGO_TERM_COLOR", "always");
        }
        let (status, tail) = self.run(command, &mut |line| eprintln!("{line}"), false)?;
        self.judge(status, &tail, false)
    }

    /// Runs the command without its output, with a sign of life, and fails if it does.
    ///
    /// # Errors
    /// What failed, the output's last lines and the way out.
    pub fn quiet(&self, command: Command) -> Result<()> {
        let (status, tail) = self.run(command, &mut |_| (), true)?;
        self.judge(status, &tail, true)
    }

    /// Runs the command, hands each line of output on, and returns how it ended.
    ///
    /// # Errors
    /// If it cannot be started or takes longer than its limit.
    pub fn each_line(&self, command: Command, line: &mut dyn FnMut(&str)) -> Result<ExitStatus> {
        Ok(self.run(command, line, false)?.0)
    }

    fn run(
        &self,
        mut command: Command,
        seen: &mut dyn FnMut(&str),
        tick: bool,
    ) -> Result<(ExitStatus, String)> {
        // One pipe for both streams keeps their lines in order.
        let (reader, writer) = std::io::pipe().context("no pipe could be made")?;
        command
            .stdin(Stdio::null())
            .stdout(writer.try_clone().context("no pipe could be made")?)
            .stderr(writer);
        let mut group = Group::start(&mut command).with_context(|| format!("could not {}", self.what))?;
        // The command holds the pipe's writing end: without this the output never ends.
        drop(command);
        let (send, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut reader = BufReader::new(reader);
            let mut line = Vec::new();
            while matches!(reader.read_until(b'\n', &mut line), Ok(1..)) {
                let text = String::from_utf8_lossy(&line);
                if send.send(text.trim_end_matches(['\n', '\r']).to_owned()).is_err() {
                    break;
                }
                line.clear();
            }
        });
        let started = Instant::now();
        let (mut tail, mut ticks, mut idle_after_end) = (VecDeque::new(), 1, 0);
        loop {
            match lines.recv_timeout(Duration::from_millis(200)) {
                Ok(line) => {
                    seen(&line);
                    if tail.len() == TAIL {
                        tail.pop_front();
                    }
                    tail.push_back(line);
                }
                Err(RecvTimeoutError::Disconnected) => break,
                // A stray grandchild may hold the pipe open for ever: its parent's end counts.
                Err(RecvTimeoutError::Timeout) if group.ended().is_some() => {
                    idle_after_end += 1;
                    if idle_after_end > 10 {
                        break;
                    }
                }
                Err(RecvTimeoutError::Timeout) => (),
            }
            let elapsed = started.elapsed();
            if tick && elapsed > TICK * ticks {
                eprintln!("  ... {} s", elapsed.as_secs());
                ticks += 1;
            }
            if elapsed > self.limit {
                bail!(
                    "could not {}: no end after {} minutes\n{}",
                    self.what,
                    self.limit.as_secs() / 60,
                    self.way_out
                );
            }
        }
        let status = group
            .child()
            .wait()
            .with_context(|| format!("could not {}", self.what))?;
        Ok((status, Vec::from(tail).join("\n")))
    }

    fn judge(&self, status: ExitStatus, tail: &str, show_tail: bool) -> Result<()> {
        if status.success() {
            return Ok(());
        }
        let cause = cause(tail).map_or_else(|| status.to_string(), str::to_owned);
        let lines = if show_tail {
            format!("\n{tail}\n")
        } else {
            "\n".into()
        };
        bail!("could not {}: {cause}{lines}{}", self.what, self.way_out)
    }
}

/// The causes that come from outside, recognised by what programs say about them.
fn cause(output: &str) -> Option<&'static str> {
    const NETWORK: [&str; 9] = [
        "Could not resolve host",
        "Couldn't resolve host",
        "Temporary failure resolving",
        "failed to lookup address",
        "network failure",
        "Connection refused",
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
    ];
    if output.contains("No space left on device") || output.contains("ENOSPC") {
        Some("the disk is full")
    } else if NETWORK.iter().any(|sign| output.contains(sign)) {
        Some("no network")
    } else {
        None
    }
}

/// A short program's standard output, or nothing if it failed or is not there.
#[must_use]
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failure_says_what_and_the_way_out() {
        let step = Step::new("bake", "buy flour");
        let error = step
            .quiet(sh("echo dough; echo none >&2; exit 3"))
            .unwrap_err()
            .to_string();
        assert_eq!(error, "could not bake: exit status: 3\ndough\nnone\nbuy flour");
        let error = step
            .quiet(sh("echo No space left on device; exit 1"))
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("could not bake: the disk is full\n")
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Step::new("bake", "")
            .quiet(Command::new("no-such-oven"))
            .unwrap_err();
        let error = format!("{error:#}");
        assert!(
            error.starts_with("could not bake: `no-such-oven` could not be started"),
            "{error}"
        );
    }

    #[test]
    fn the_limit_ends_the_whole_group() {
        let step = Step {
            limit: Duration::from_millis(300),
            ..Step::new("wait", "")
        };
        let started = Instant::now();
        assert!(step.quiet(sh("sleep 60 & sleep 60")).is_err());
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_stray_child_does_not_keep_us() {
        let started = Instant::now();
        Step::new("go on", "").quiet(sh("sleep 60 & echo done")).unwrap();
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}
