//! How long to warm up, and how many runs make a sample.

/// After each block the page gets so long to draw, with all cores to itself: a page that
/// draws while threads are timed takes one of their cores (5 ms a sample were seen).
pub const DRAW_MS: u32 = 40;

/// A sample lasts at least this long, so that the clock's step and one dispatch to the
/// pool (some 0.1 ms in a browser) are lost in it.
pub const SAMPLE_MS: f64 = 20.0;
/// And at least so many steps of the clock.
const CLOCK_STEPS: f64 = 200.0;
/// Warm-up: at least so many runs ...
pub const WARM_UP_RUNS: u32 = 5;
/// ... and so many milliseconds, so that the browser has compiled the kernel a second
/// time, optimised ...
pub const WARM_UP_MS: f64 = 300.0;
/// ... but all rows' warm-ups together take no more than this share of the budget.
pub const WARM_UP_SHARE: f64 = 0.2;

/// Runs in a batch for a sample that the clock can tell, if `runs` took `ms`.
///
/// A time below the clock's step may be anything up to that step, and is taken for it: the
/// batch is then too small rather than minutes long, and grows as it is measured again.
pub fn batch(ms: f64, runs: u32, timer_resolution_us: f64) -> u32 {
    let step_ms = timer_resolution_us / 1e3;
    let ms_per_run = ms.max(step_ms).max(1e-4) / f64::from(runs.max(1));
    (target_ms(timer_resolution_us) / ms_per_run)
        .ceil()
        .clamp(1.0, 1e6) as u32
}

/// How long a sample is to last, in milliseconds.
pub fn target_ms(timer_resolution_us: f64) -> f64 {
    SAMPLE_MS.max(CLOCK_STEPS * timer_resolution_us / 1e3)
}

/// What one row may spend on warming up, in milliseconds.
pub fn warm_up_limit_ms(budget_s: f64, rows: usize) -> f64 {
    budget_s * 1e3 * WARM_UP_SHARE / rows.max(1) as f64
}

/// Rounds in which the parts of a run are timed, at most.
pub const PART_ROUNDS: f64 = 5.0;
/// The same where the parts are what is asked about.
pub const MANY_PART_ROUNDS: f64 = 21.0;
/// And the share of the budget that they may take in addition.
pub const PARTS_SHARE: f64 = 0.2;
/// Runs that one round costs: one in parts, eight in a row, and what lies between.
const RUNS_A_ROUND: f64 = 10.0;

/// Rounds for the parts of a run that takes `run_ms`; `None` if one takes too long.
pub fn part_rounds(budget_s: f64, run_ms: f64, most: f64) -> Option<u32> {
    let rounds = budget_s * 1e3 * PARTS_SHARE / (RUNS_A_ROUND * run_ms.max(1e-3));
    (rounds >= 1.0).then(|| rounds.min(most) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_lasts_twenty_milliseconds_or_two_hundred_steps() {
        assert_eq!(batch(250.0, 1, 5.0), 1);
        assert_eq!(batch(3.0, 1, 5.0), 7);
        assert_eq!(batch(30.0, 10, 5.0), 7);
        assert_eq!(batch(3.0, 1, 1000.0), 67);
    }

    #[test]
    fn a_run_too_short_for_the_clock_makes_no_endless_batch() {
        assert_eq!(batch(0.0, 1, 1000.0), 200);
        assert_eq!(batch(0.0, 1, 5.0), 4000);
        assert_eq!(batch(f64::NAN, 1, 5.0), 4000);
    }

    #[test]
    fn parts_are_timed_where_there_is_time() {
        assert_eq!(part_rounds(8.0, 20.0, PART_ROUNDS), Some(5));
        assert_eq!(part_rounds(8.0, 80.0, PART_ROUNDS), Some(2));
        assert_eq!(part_rounds(8.0, 200.0, PART_ROUNDS), None);
        assert_eq!(part_rounds(8.0, 0.0, MANY_PART_ROUNDS), Some(21));
    }

    #[test]
    fn warm_up_is_shared_among_the_rows() {
        assert_eq!(warm_up_limit_ms(10.0, 5), 400.0);
        assert_eq!(warm_up_limit_ms(10.0, 0), 2000.0);
    }
}
