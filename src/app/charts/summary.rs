//! What a run says, in sentences.

use parallax_protocol::{Capabilities, Catalogue, ResultRow, Verdict};
use parallax_stats::{BASELINE, TARGET_HALF_WIDTH};

use crate::state::{End, Phase, RowStatus, Run};
use crate::{format, report, text};

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
    let results = report::rows(catalogue, capabilities, run);
    let name = |row: &ResultRow| text::in_sentence(&catalogue.name_of(&row.id()));
    let timed = results.iter().filter(|row| {
        row.median_ms.is_some() && !report::is_software_gpu(catalogue, capabilities, &row.id())
    });
    let timed: Vec<(&ResultRow, f64)> = timed.filter_map(|row| Some((row, row.median_ms?))).collect();
    let (fastest, ms) = *timed.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let baseline = run.spec.baseline(BASELINE);
    let Some((baseline, _)) = timed.iter().find(|(row, _)| row.id() == baseline) else {
        return Some(text::fastest_without_baseline(&name(fastest), &format::time(ms)));
    };
    // The baseline may be the fastest itself: then the best of the others is named.
    let best = timed
        .iter()
        .filter_map(|(row, _)| Some((*row, row.speedup?, row.verdict?)));
    let Some((row, ratio, verdict)) = best.max_by(|a, b| a.1.total_cmp(&b.1)) else {
        return Some(text::only_baseline(&name(baseline), &format::time(ms)));
    };
    let (ratio, interval) = format::ratio(ratio, row.speedup_ci95);
    let figure = match interval {
        Some(interval) => format!("{ratio} {interval}"),
        None => ratio,
    };
    let (row, baseline) = (name(row), name(baseline));
    Some(match verdict {
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
        let names = rows.map(|row| text::in_sentence(&catalogue.name_of(&row.id)));
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
