//! What is going on, on standard error: one line that is rewritten on a terminal, and a line
//! every few seconds where output is kept.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How often a line is added where none can be rewritten.
const EVERY: Duration = Duration::from_secs(5);

/// The line; dropping it clears the terminal of it.
#[derive(Debug)]
pub struct Progress {
    terminal: bool,
    shown: Option<Instant>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            shown: None,
        }
    }
}

impl Progress {
    /// Shows the line, or does not if the last one was just now.
    pub fn show(&mut self, line: &str) {
        let mut out = std::io::stderr().lock();
        // Nobody may be reading; that is no reason to stop measuring.
        let _ = if self.terminal {
            write!(out, "\r\x1b[K{line}").and_then(|()| out.flush())
        } else if self.shown.is_none_or(|at| at.elapsed() >= EVERY) {
            self.shown = Some(Instant::now());
            writeln!(out, "{line}")
        } else {
            Ok(())
        };
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }
}

/// What `onProgress` was told, in words; whatever is missing is left out.
#[must_use]
pub fn words(progress: &Value) -> String {
    let text = |field: &str| progress[field].as_str();
    let number = |field: &str| progress[field].as_f64();
    let mut parts = Vec::new();
    match (text("stage"), text("backend")) {
        (Some(stage), Some(backend)) => parts.push(format!("{stage} {backend}")),
        (Some(one), None) | (None, Some(one)) => parts.push(one.to_owned()),
        (None, None) => (),
    }
    parts.extend(text("doing").map(str::to_owned));
    if let Some(blocks) = number("blocks").filter(|&blocks| blocks > 0.0) {
        parts.push(format!("{blocks} blocks"));
    }
    match (number("elapsed_s"), number("budget_s")) {
        (Some(elapsed), Some(budget)) => {
            parts.push(format!("{elapsed:.1} of {budget} s"));
        }
        (Some(elapsed), None) => parts.push(format!("{elapsed:.1} s")),
        _ => (),
    }
    if parts.is_empty() {
        "waiting".into()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn any_part_may_be_missing() {
        for (progress, expect) in [
            (json!(null), "waiting"),
            (
                json!({ "stage": "sampling", "backend": "simd", "blocks": 12, "elapsed_s": 3.12, "budget_s": 8 }),
                "sampling simd, 12 blocks, 3.1 of 8 s",
            ),
            (
                json!({ "stage": "reference", "backend": null, "blocks": 0, "elapsed_s": 0.2 }),
                "reference, 0.2 s",
            ),
            (json!({ "doing": "gpu.js cpu" }), "gpu.js cpu"),
        ] {
            assert_eq!(words(&progress), expect);
        }
    }
}
