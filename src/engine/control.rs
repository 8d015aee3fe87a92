//! How the outside reaches a run: stop it, or say that the page is hidden.

use parallax_backends::StopFlag;
use std::cell::Cell;

/// Shared between a run and whoever listens to the page.
pub struct Control {
    stop: StopFlag,
    hidden: Cell<bool>,
    was_hidden: Cell<bool>,
}

impl Control {
    /// For a new run; `hidden` is how the page is now.
    pub fn new(hidden: bool) -> Self {
        Control {
            stop: StopFlag::new(),
            hidden: Cell::new(hidden),
            was_hidden: Cell::new(hidden),
        }
    }

    /// Ends the run: kernels at their next chunk, waits for the GPU at once.
    pub fn stop(&self) {
        self.stop.raise();
    }

    /// Tells that the page was hidden or shown.
    pub fn set_hidden(&self, hidden: bool) {
        self.hidden.set(hidden);
        if hidden {
            self.was_hidden.set(true);
        }
    }

    /// The flag that kernels read.
    pub(crate) fn flag(&self) -> StopFlag {
        self.stop.clone()
    }

    /// Whether the page is hidden now.
    pub(crate) fn is_hidden(&self) -> bool {
        self.hidden.get()
    }

    /// Begins a stretch of time during which the page may be hidden.
    pub(crate) fn watch_visibility(&self) {
        self.was_hidden.set(self.hidden.get());
    }

    /// Whether the page was hidden at any time since [`Control::watch_visibility`].
    pub(crate) fn was_hidden(&self) -> bool {
        self.was_hidden.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_was_hidden_for_a_moment_is_noticed() {
        let control = Control::new(false);
        control.watch_visibility();
        assert!(!control.was_hidden());
        control.set_hidden(true);
        control.set_hidden(false);
        assert!(control.was_hidden());
        control.watch_visibility();
        assert!(!control.was_hidden());
    }
}
