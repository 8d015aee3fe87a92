//! The times of verified rows: warm-up, then samples in interleaved blocks until the intervals are narrow or the
//! budget is spent.

use super::{End, HIDDEN_POLL_MS, Row, Run, Work, work_of};
use crate::calibrate;
use parallax_backends::BackendError;
use parallax_protocol::{Event, Experiment, Outcome, Sample, Stage, base_id};
use parallax_stats::{LOOKS, Look, look};
use parallax_workloads::inputs::Random;
use std::collections::BTreeMap;

/// Blocks are shuffled by this stream of the spec's seed, apart from the inputs' streams.
const ORDER_STREAM: u64 = 0x6f72_6465;

/// What became of a block.
enum Block {
    /// Its samples were kept.
    Counted,
    /// A row had to be prepared anew: its samples have no pair.
    Broken,
    /// These rows failed.
    Failed(Vec<String>),
    /// The page was hidden meanwhile.
    Hidden,
}

impl Run<'_> {
    /// Warm-up and blocks. Rows that fail on the way are dropped.
    pub(super) async fn measure(&self, mut rows: Vec<Row>, work: &Work) -> Result<Outcome, End> {
        let host = &self.machine.host;
        let begin = host.now_ms();
        let limit = calibrate::warm_up_limit_ms(work.budget_s, rows.len());
        let mut warm = Vec::new();
        for mut row in rows.drain(..) {
            self.breathe().await?;
            loop {
                match self.warm_up(&mut row, limit).await {
                    Ok(()) => break warm.push(row),
                    Err(error) => {
                        if !self.rebuild(&mut row, error, work).await? {
                            break;
                        }
                    }
                }
            }
        }
        let mut rows = warm;
        let outcome = self.blocks(&mut rows, begin, work).await?;
        // Apart from the race, whose figures are complete by then.
        self.parts(&mut rows, work.budget_s).await;
        match self.spec.experiment {
            Experiment::Threads => self.imbalances(&mut rows, work.budget_s).await?,
            Experiment::Timeline => self.timelines(&mut rows).await?,
            Experiment::Sizes => self.keep_paces(&rows),
            _ => {}
        }
        Ok(outcome)
    }

    /// Samples of all rows, block by block, until a look ends it or the budget is spent.
    async fn blocks(&self, rows: &mut Vec<Row>, mut begin: f64, work: &Work) -> Result<Outcome, End> {
        let host = &self.machine.host;
        let mut random = Random::new(self.spec.seed, ORDER_STREAM);
        let mut blocks = 0;
        let mut longest_block_s = 0.0f64;
        loop {
            if rows.is_empty() {
                return Ok(Outcome::NothingToTime);
            }
            let block_begin = host.now_ms();
            random.shuffle(rows);
            match self.block(rows, blocks, work).await? {
                Block::Counted => {}
                Block::Broken => {
                    // What it took to ask again is no time of the race.
                    begin += host.now_ms() - block_begin;
                    continue;
                }
                Block::Failed(ids) => {
                    rows.retain(|row| !ids.contains(&row.id));
                    continue;
                }
                Block::Hidden => {
                    while self.control.is_hidden() {
                        host.sleep(HIDDEN_POLL_MS).await;
                        self.breathe().await?;
                    }
                    // Neither the block nor the wait is charged to the budget.
                    begin += host.now_ms() - block_begin;
                    continue;
                }
            }
            blocks += 1;
            let elapsed_s = || (host.now_ms() - begin) / 1e3;
            longest_block_s = longest_block_s.max((host.now_ms() - block_begin) / 1e3);
            (self.emit)(Event::Progress {
                job: self.job,
                blocks,
                elapsed_s: self.spent_s.get() + elapsed_s(),
            });
            self.machine.host.sleep(calibrate::DRAW_MS).await;
            match decide(blocks, rows) {
                Look::Settled => return Ok(Outcome::Settled),
                Look::LastLook => return Ok(Outcome::BudgetSpent),
                Look::GoOn if elapsed_s() + longest_block_s > work.budget_s => {
                    return Ok(Outcome::BudgetSpent);
                }
                Look::GoOn => {}
            }
        }
    }

    /// What the next size is expected to take.
    fn keep_paces(&self, rows: &[Row]) {
        for row in rows {
            let first = row.first_run_ms * row.factor;
            let quickest = row.samples.iter().map(|s| s.ms).fold(first, f64::min);
            let mut paces = self.paces.borrow_mut();
            let own = paces.entry(base_id(&row.id).into()).or_default();
            own.add(work_of(&row.entry.plan).max(1.0), quickest);
        }
    }

    /// Runs that are not counted. Ends with the batch calibrated to what they showed.
    async fn warm_up(&self, row: &mut Row, limit_ms: f64) -> Result<(), BackendError> {
        self.stage(Some(&row.id), Stage::WarmingUp);
        let host = &self.machine.host;
        let begin = host.now_ms();
        let mut runs = 0;
        let mut last_ms = row.first_run_ms;
        // The quickest batch sets the size of samples: a hiccup must not make them short.
        row.batch = 1;
        let mut batch = calibrate::batch(row.first_run_ms, 1, self.timer_resolution_us) / 4;
        loop {
            let spent = host.now_ms() - begin;
            let enough = runs >= calibrate::WARM_UP_RUNS && spent >= calibrate::WARM_UP_MS;
            if enough {
                break;
            }
            if spent + last_ms > limit_ms {
                let text = match runs {
                    0 => "no warm-up: the budget is too short".to_string(),
                    1 => "warm-up cut to 1 run by the budget".to_string(),
                    _ => format!("warm-up cut to {runs} runs by the budget"),
                };
                self.note(&row.id, text);
                break;
            }
            // Small kernels are warmed up in batches of a few milliseconds.
            batch = batch.max(1);
            let start = host.now_ms();
            row.prepared.run(batch).await?;
            last_ms = host.now_ms() - start;
            runs += batch;
            let sample = calibrate::batch(last_ms, batch, self.timer_resolution_us);
            row.batch = row.batch.max(sample);
            batch = sample / 4;
            self.breathe().await?;
        }
        Ok(())
    }

    /// One sample of every row; they are kept only if the block counts, so that pairs stay pairs.
    async fn block(&self, rows: &mut [Row], block: u32, work: &Work) -> Result<Block, End> {
        let host = &self.machine.host;
        self.control.watch_visibility();
        let mut taken = BTreeMap::new();
        let mut failed = Vec::new();
        let mut broken = false;
        for row in rows.iter_mut() {
            self.breathe().await?;
            self.stage(Some(&row.id), Stage::Sampling);
            if row.entry.plan.recorded {
                // A fresh one for each sample: a full one would cost less.
                row.prepared.record(true);
            }
            let start = host.now_ms();
            let run = row.prepared.run(row.batch).await;
            let ms = host.now_ms() - start;
            match run {
                Ok(()) => {
                    let sample = Sample {
                        ms: ms / f64::from(row.batch) * row.factor,
                        block,
                        runs: row.batch,
                    };
                    taken.insert(row.id.clone(), sample);
                }
                Err(error) => match self.rebuild(row, error, work).await? {
                    true => broken = true,
                    false => failed.push(row.id.clone()),
                },
            }
        }
        if !failed.is_empty() {
            return Ok(Block::Failed(failed));
        }
        if broken {
            return Ok(Block::Broken);
        }
        // The word that the page was hidden may still be waiting.
        self.breathe().await?;
        if self.control.was_hidden() {
            return Ok(Block::Hidden);
        }
        for row in rows.iter_mut() {
            if let Some(&sample) = taken.get(&row.id) {
                row.samples.push(sample);
                (self.emit)(Event::Sample {
                    job: self.job,
                    backend: row.id.clone(),
                    sample,
                });
            }
        }
        Ok(Block::Counted)
    }
}

/// Whether to go on after a block: when all that are compared with one row are known well enough,
/// for every such row.
fn decide(blocks: u32, rows: &[Row]) -> Look {
    let against = |row: &Row| {
        let other = row.entry.plan.against.clone();
        // What it would be compared with may have failed.
        other.filter(|id| rows.iter().any(|row| row.id == *id))
    };
    let mut baselines: Vec<Option<String>> = rows.iter().map(against).collect();
    baselines.sort();
    baselines.dedup();
    // A row that others are compared with is judged by them.
    let judged = |row: &Row| baselines.contains(&Some(row.id.clone())) && against(row).is_none();
    let looks = baselines.iter().map(|baseline| {
        let samples = |row: &Row| row.samples.clone();
        let base = baseline
            .as_ref()
            .and_then(|id| rows.iter().find(|row| row.id == *id));
        let others = rows
            .iter()
            .filter(|row| against(row) == *baseline && !judged(row));
        let others: Vec<Vec<Sample>> = others.map(samples).collect();
        let others: Vec<&[Sample]> = others.iter().map(Vec::as_slice).collect();
        match (base, others.is_empty()) {
            (None, true) => Look::Settled,
            (base, _) => look(blocks, base.map(|row| row.samples.as_slice()), &others),
        }
    });
    let looks: Vec<Look> = looks.collect();
    match () {
        _ if looks.contains(&Look::GoOn) => Look::GoOn,
        _ if looks.contains(&Look::LastLook) => Look::LastLook,
        _ if LOOKS.contains(&blocks) => Look::Settled,
        _ => Look::GoOn,
    }
}
