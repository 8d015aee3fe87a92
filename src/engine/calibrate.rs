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
const WARM_UP_SHARE: f64 = 0.2;

/// Runs in a batch, if one takes `ms_per_run`, for a sample that the clock can tell.
pub fn batch(ms_per_run: f64, timer_resolution_us: f64) -> u32 {
    let target = SAMPLE_MS.max(CLOCK_STEPS * timer_resolution_us / 1e3);
    // A run too short for the clock shows as zero: begin with many.
    let ms_per_run = ms_per_run.max(1e-4);
    (target / ms_per_run).ceil().clamp(1.0, 1e6) as u32
}

/// What one row may spend on warming up, in milliseconds.
pub fn warm_up_limit_ms(budget_s: f64, rows: usize) -> f64 {
    budget_s * 1e3 * WARM_UP_SHARE / rows.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_lasts_twenty_milliseconds_or_two_hundred_steps() {
        assert_eq!(batch(250.0, 5.0), 1);
        assert_eq!(batch(3.0, 5.0), 7);
        assert_eq!(batch(3.0, 1000.0), 67);
        assert_eq!(batch(0.0, 5.0), 200_000);
    }

    #[test]
    fn warm_up_is_shared_among_the_rows() {
        assert_eq!(warm_up_limit_ms(10.0, 5), 400.0);
        assert_eq!(warm_up_limit_ms(10.0, 0), 2000.0);
    }
}
