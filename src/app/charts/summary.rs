//! What a run says, in sentences.

use parallax_protocol::{Capabilities, Catalogue};
use parallax_stats::{TARGET_HALF_WIDTH, Verdict, summarize};

use super::race::{BASELINE, compare, is_software_gpu};
use crate::state::{End, Phase, Row, RowStatus, Run};
use crate::{format, text};

/// The sentences of a run that is over; empty while it is not.
pub fn sentences(catalogue: &Catalogue, capabilities: Option<&Capabilities>, run: &Run) -> Vec<String> {
    let Phase::Over(end) = &run.phase else {
        return Vec::new();
    };
    let mut out: Vec<String> = Vec::new();
    out.extend(headline(catalogue, capabilities, run));
    out.extend(agreement(catalogue, run));
    match end {
        End::Settled => out.push(text::settled(&format::percent(TARGET_HALF_WIDTH))),
        End::BudgetSpent => out.push(text::budget_spent(
            &format::seconds(run.spec.budget_s),
            &format::percent(TARGET_HALF_WIDTH),
        )),
        End::Stopped => out.push(text::STOPPED_SENTENCE.into()),
        End::NothingToTime => out.push(text::NOTHING_TO_TIME.into()),
        End::Failed(words) => out.push(text::run_failed(words)),
    }
    out
}

/// Fastest against baseline. A software GPU never takes part.
fn headline(catalogue: &Catalogue, capabilities: Option<&Capabilities>, run: &Run) -> Option<String> {
    let name = |row: &Row| {
        let name = catalogue.backend(&row.id).map_or(&row.id, |b| &b.name);
        text::in_sentence(name)
    };
    let timed = |row: &&Row| row.counts() && !is_software_gpu(catalogue, capabilities, &row.id);
    let median = |row: &Row| summarize(&row.samples).map(|s| s.median_ms);
    let (fastest, ms) = run
        .rows
        .iter()
        .filter(timed)
        .filter_map(|row| Some((row, median(row)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))?;
    let baseline = run.rows.iter().find(|row| row.id == BASELINE);
    let Some(baseline) = baseline.filter(|row| timed(row)) else {
        return Some(text::fastest_without_baseline(&name(fastest), &format::time(ms)));
    };
    // The baseline may be the fastest itself: then the best of the others is named.
    let best = run
        .rows
        .iter()
        .filter(timed)
        .filter_map(|row| Some((row, compare(Some(baseline), row)?)))
        .max_by(|a, b| a.1.ratio.total_cmp(&b.1.ratio));
    let Some((row, s)) = best else {
        return Some(text::only_baseline(&name(baseline), &format::time(ms)));
    };
    let (ratio, interval) = format::ratio(s.ratio, s.ci95);
    let figure = match interval {
        Some(interval) => format!("{ratio} {interval}"),
        None => ratio,
    };
    let (row, baseline) = (name(row), name(baseline));
    Some(match s.verdict {
        Verdict::Faster => text::as_fast_as(&row, &figure, &baseline),
        Verdict::Slower => text::none_faster(&row, &figure, &baseline),
        Verdict::NoClearDifference => text::no_difference(&row, &baseline),
        Verdict::TooFew => text::too_few_to_say(&row, &figure, &baseline),
    })
}

/// Who computed the right result, and who did not.
fn agreement(catalogue: &Catalogue, run: &Run) -> Option<String> {
    let names = |status: RowStatus| {
        let rows = run.rows.iter().filter(|row| row.status == status);
        let names = rows.map(|row| {
            let name = catalogue.backend(&row.id).map_or(&row.id, |b| &b.name);
            text::in_sentence(name)
        });
        names.collect::<Vec<String>>()
    };
    let good = run
        .rows
        .iter()
        .filter(|row| row.status != RowStatus::Failed && row.verification.as_ref().is_some_and(|v| v.ok))
        .count();
    let wrong = names(RowStatus::Wrong);
    let failed = names(RowStatus::Failed);
    let mut parts = Vec::new();
    if !wrong.is_empty() {
        parts.push(text::were_wrong(&wrong));
    }
    if !failed.is_empty() {
        parts.push(text::have_failed(&failed));
    }
    if good > 0 && wrong.is_empty() {
        parts.insert(0, text::all_agree(good));
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}
