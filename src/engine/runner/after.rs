//! What is measured once a race is over: the parts of GPU runs, balance, timelines. What goes wrong
//! here is a note: the race's own figures are complete.

use super::{End, HIDDEN_POLL_MS, Row, Run};
use crate::{calibrate, recording};
use parallax_backends::BackendError;
use parallax_protocol::{Event, Experiment, base_id};

impl Run<'_> {
    /// The parts of runs that have any. What goes wrong here is a note.
    pub(super) async fn parts(&self, rows: &mut [Row], budget_s: f64) {
        for row in rows {
            let run_ms = row.samples.last().map_or(row.first_run_ms, |s| s.ms);
            let rounds = match self.spec.experiment {
                // It is what is asked about: twice at least, or the GPU's clock tells nothing.
                Experiment::Gpu => {
                    let most = calibrate::MANY_PART_ROUNDS;
                    calibrate::part_rounds(budget_s, run_ms, most).max(Some(2))
                }
                _ => calibrate::part_rounds(budget_s, run_ms, calibrate::PART_ROUNDS),
            };
            let Some(rounds) = rounds else { continue };
            let Ok(parts) = self.seen(async || row.prepared.parts(rounds).await).await else {
                return;
            };
            match parts {
                Ok(None) | Err(BackendError::Stopped) => {}
                Ok(Some(parts)) => (self.emit)(Event::GpuParts {
                    job: self.job,
                    backend: row.id.clone(),
                    parts,
                }),
                Err(error) => self.note(&row.id, format!("its parts could not be timed: {error}")),
            }
        }
    }

    /// Does it again if the page was hidden meanwhile: such times do not count.
    async fn seen<T>(&self, mut act: impl AsyncFnMut() -> T) -> Result<T, End> {
        loop {
            self.control.watch_visibility();
            let result = act().await;
            if !self.control.was_hidden() {
                return Ok(result);
            }
            while self.control.is_hidden() {
                self.machine.host.sleep(HIDDEN_POLL_MS).await;
                self.breathe().await?;
            }
        }
    }

    /// How evenly the threads of each row are busy, the median of some runs; all of them take a
    /// fifth of the budget in addition, or as long as one run each.
    pub(super) async fn imbalances(&self, rows: &mut [Row], budget_s: f64) -> Result<(), End> {
        let many = rows.iter().filter(|row| row.entry.plan.threads > 1).count();
        let own_ms = budget_s * 1e3 * calibrate::PARTS_SHARE / many.max(1) as f64;
        for row in rows.iter_mut().filter(|row| row.entry.plan.threads > 1) {
            self.breathe().await?;
            let run_ms = row.samples.last().map_or(row.first_run_ms, |s| s.ms).max(1e-3);
            let runs = (own_ms / run_ms) as usize;
            let record = async || recording::imbalance(&mut *row.prepared, runs).await;
            match self.seen(record).await? {
                Ok(None) => {}
                Ok(Some(imbalance)) => (self.emit)(Event::Imbalance {
                    job: self.job,
                    backend: row.id.clone(),
                    imbalance,
                }),
                Err(BackendError::Stopped) => return Err(End::Stopped),
                Err(error) => self.note(&row.id, format!("its balance could not be measured: {error}")),
            }
        }
        Ok(())
    }

    /// Some runs of each row, recorded.
    pub(super) async fn timelines(&self, rows: &mut [Row]) -> Result<(), End> {
        let ladder: Vec<String> = parallax_backends::registry()
            .iter()
            .map(|b| b.info().id)
            .collect();
        rows.sort_by_key(|row| ladder.iter().position(|id| id == base_id(&row.id)));
        for row in rows.iter_mut().filter(|row| !row.entry.plan.recorded) {
            self.breathe().await?;
            let record = async || recording::timeline(&mut *row.prepared, &row.id).await;
            match self.seen(record).await? {
                Ok(timeline) => (self.emit)(Event::Timeline {
                    job: self.job,
                    backend: row.id.clone(),
                    timeline,
                }),
                Err(BackendError::Stopped) => return Err(End::Stopped),
                Err(error) => self.note(&row.id, format!("it could not be recorded: {error}")),
            }
        }
        Ok(())
    }
}
