//! Long work is cut into bands, each a submission of its own, so that none runs long.

/// What one dispatch should take at most: longer ones freeze the desktop, and watchdogs
/// end them.
pub(crate) const BAND_MS: f64 = 50.0;
/// Most bands of a run.
pub(crate) const MAX_BANDS: u32 = 256;

/// How a pass is cut into bands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Split {
    /// Rows of workgroups in each but the last.
    pub rows: u32,
    /// How many bands.
    pub count: u32,
}

impl Split {
    /// If the whole takes `ms`: so that no band is above [`BAND_MS`].
    pub fn new(ms: f64, rows: u32, most: u32) -> Split {
        // `max` first: it turns a NaN into the least.
        let wanted = (ms / BAND_MS).ceil().max(1.0).min(f64::from(most.max(1))) as u32;
        let rows_each = rows.div_ceil(wanted.min(rows.max(1))).max(1);
        Split {
            rows: rows_each,
            count: rows.div_ceil(rows_each).max(1),
        }
    }

    /// Each band's first row.
    pub fn first_rows(self) -> impl Iterator<Item = u32> {
        (0..self.count).map(move |band| band * self.rows)
    }
}

/// How quickly a shader's workgroups are done: nothing is known of a generated one, so that its first bands
/// are waited for, and grow.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// Milliseconds that a wait takes where there is nothing to wait for: 100 in Firefox, which looks that
    /// often, next to none elsewhere.
    wait_ms: f64,
    /// Milliseconds and workgroups of all bands but the first, in which compiling may be, and of those whose
    /// time is lost in their waits.
    sum: (f64, f64),
    /// Those of the last one.
    last: (f64, f64),
    /// Its time is lost in its wait.
    is_lost: bool,
}

/// A band is at most this many times as long as the one before, and as one that was lost in its wait: that
/// may have taken as long as the wait.
const GROWTH: f64 = 16.0;
const LOST_GROWTH: f64 = 4.0;

impl Pace {
    /// If a wait for nothing takes `wait_ms`.
    pub fn new(wait_ms: f64) -> Pace {
        Pace {
            wait_ms,
            ..Pace::default()
        }
    }

    /// Workgroups of the next band.
    pub fn next(&self) -> u32 {
        let (ms, groups) = self.last;
        let least = if self.is_lost { LOST_GROWTH } else { 0.0 };
        (groups * (BAND_MS / ms).min(GROWTH).max(least)).max(1.0) as u32
    }

    /// What is meant by milliseconds that a wait was part of: it took anything up to its own length.
    pub fn within(&self, waited_ms: f64) -> f64 {
        (waited_ms - self.wait_ms.min(waited_ms) / 2.0).max(1e-3)
    }

    /// What a band and the wait for it took.
    pub fn took(&mut self, groups: u32, waited_ms: f64) {
        let is_first = self.last.1 == 0.0;
        self.last = (self.within(waited_ms), f64::from(groups));
        self.is_lost = waited_ms < 1.5 * self.wait_ms;
        if !is_first && !self.is_lost {
            self.sum = (self.sum.0 + self.last.0, self.sum.1 + self.last.1);
        }
    }

    /// What so many workgroups are thought to take.
    pub fn ms(&self, groups: u32) -> f64 {
        let (ms, all) = if self.sum.1 > 0.0 { self.sum } else { self.last };
        ms / all * f64::from(groups)
    }

    /// It took so many times as long as it was thought to.
    pub fn correct(&mut self, factor: f64) {
        self.sum.0 *= factor;
        self.last.0 *= factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bands of so many workgroups, if each takes so many milliseconds and a band some more.
    fn learnt(groups: u32, each: f64, more: f64, compile: f64) -> (Vec<f64>, Pace) {
        waited(groups, each, compile, Pace::default(), |ms| ms + more)
    }

    /// What the bands take, if their milliseconds are seen like this.
    fn waited(
        groups: u32,
        each: f64,
        compile: f64,
        mut pace: Pace,
        seen: impl Fn(f64) -> f64,
    ) -> (Vec<f64>, Pace) {
        let (mut first, mut all) = (0, Vec::new());
        while first < groups {
            let band = pace.next().min(groups - first);
            pace.took(
                band,
                seen(f64::from(band) * each + if first == 0 { compile } else { 0.0 }),
            );
            all.push(f64::from(band) * each);
            first += band;
        }
        (all, pace)
    }

    #[test]
    fn of_an_unknown_shader_no_band_is_long_and_few_are_needed() {
        for (groups, each, compile) in [
            (1, 1e-3, 0.0),
            (100_000, 1e-4, 300.0),
            (5000, 2.0, 300.0),
            (40, 70.0, 0.0),
        ] {
            let (bands, pace) = learnt(groups, each, 1.0, compile);
            let longest = bands.iter().copied().fold(0.0, f64::max);
            assert!(
                longest <= BAND_MS.max(each) * 1.01,
                "{groups} of {each}: {longest}"
            );
            let whole = f64::from(groups) * each;
            assert!(
                bands.len() as f64 <= 7.0 + 1.1 * whole / BAND_MS.min(each.max(25.0)),
                "{bands:?}"
            );
            if groups > 1 {
                let said = pace.ms(groups) / whole;
                assert!(
                    pace.ms(groups) < 20.0 || (0.9..1.5).contains(&said),
                    "{groups} of {each}: {said}"
                );
            }
        }
    }

    #[test]
    fn a_browser_that_looks_ten_times_a_second_is_not_a_slow_gpu() {
        let looks = |ms: f64| (ms / 100.0).ceil().max(1.0) * 100.0;
        for (groups, each) in [(3906, 1e-4), (3906, 1e-2), (3906, 0.1), (200, 5.0), (100, 60.0)] {
            let (bands, pace) = waited(groups, each, 80.0, Pace::new(100.0), looks);
            let longest = bands.iter().copied().fold(0.0, f64::max);
            assert!(longest <= 400.0, "{groups} of {each}: {longest}");
            let whole = f64::from(groups) * each;
            assert!(
                bands.len() as f64 <= 8.0 + whole / BAND_MS.min(each.max(25.0)),
                "{groups} of {each}: {bands:?}"
            );
            let said = pace.ms(groups);
            assert!(
                said <= 200.0f64.max(whole * 2.0) && said >= whole * 0.5,
                "{groups} of {each}, {whole}: {said}"
            );
        }
    }

    #[test]
    fn a_pace_is_corrected() {
        let mut pace = Pace::default();
        pace.took(1, 100.0);
        assert_eq!((pace.ms(3), pace.next()), (300.0, 1));
        pace.took(4, 1.0);
        assert_eq!((pace.ms(8), pace.next()), (2.0, 64));
        pace.correct(100.0);
        assert_eq!((pace.ms(8), pace.next()), (200.0, 2));
    }

    #[test]
    fn long_work_is_cut_into_bands_of_whole_rows() {
        let count = |ms, rows| Split::new(ms, rows, MAX_BANDS).count;
        assert_eq!(count(10.0, 64), 1);
        assert_eq!(Split::new(501.0, 64, MAX_BANDS), Split { rows: 6, count: 11 });
        assert_eq!(count(1e9, 64), 64);
        assert!(count(1e9, 100_000) <= MAX_BANDS);
        assert_eq!(Split::new(1e9, 100, 25).count, 25);
        assert_eq!(count(0.0, 0), 1);
        assert_eq!(count(f64::NAN, 8), 1);
        let rows: Vec<u32> = Split::new(120.0, 7, MAX_BANDS).first_rows().collect();
        assert_eq!(rows, [0, 3, 6]);
    }
}
