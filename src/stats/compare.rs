//! Somebody else's figure against ours: two medians of which only the intervals are known.

use crate::figures::verdict;
use parallax_protocol::Verdict;

/// A median and its interval, as a report or a link carries them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    /// Milliseconds.
    pub median_ms: f64,
    /// 95 % interval; `None` if there were too few samples for one.
    pub ci95_ms: Option<(f64, f64)>,
}

/// How often our time fits into theirs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Theirs over ours: above 1, ours is faster.
    pub ratio: f64,
    /// Its 95 % interval; `None` if either has none.
    pub ci95: Option<(f64, f64)>,
    /// What may be claimed of ours.
    pub verdict: Verdict,
}

/// Compares two independent medians. `None` if either is no time.
///
/// The interval is recovered from the two by the method of variance estimates recovery, on
/// logarithms (Zou and Donner 2008, Statistics in Medicine 27, 1693; for ratios Donner and
/// Zou 2012): each side's distance from its median to the end of its interval stands for its
/// spread, and the squares of the two are added.
pub fn compare(theirs: Known, ours: Known) -> Option<Comparison> {
    let is_time = |ms: f64| ms.is_finite() && ms > 0.0;
    if !is_time(theirs.median_ms) || !is_time(ours.median_ms) {
        return None;
    }
    let ratio = theirs.median_ms / ours.median_ms;
    let usable = |known: Known| {
        known
            .ci95_ms
            .filter(|(low, high)| is_time(*low) && is_time(*high))
    };
    let ci95 = usable(theirs).zip(usable(ours)).map(|(t, o)| {
        // Distances in logarithms; an interval that does not hold its own median has none there.
        let down = |known: Known, low: f64| (known.median_ms / low).ln().max(0.0);
        let up = |known: Known, high: f64| (high / known.median_ms).ln().max(0.0);
        let below = down(theirs, t.0).hypot(up(ours, o.1));
        let above = up(theirs, t.1).hypot(down(ours, o.0));
        (ratio * (-below).exp(), ratio * above.exp())
    });
    Some(Comparison {
        ratio,
        ci95,
        verdict: verdict(ci95),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(median_ms: f64, low: f64, high: f64) -> Known {
        Known {
            median_ms,
            ci95_ms: Some((low, high)),
        }
    }

    #[test]
    fn intervals_are_put_together() {
        let c = compare(known(20.0, 19.0, 21.0), known(10.0, 9.5, 10.5)).unwrap();
        assert_eq!((c.ratio, c.verdict), (2.0, Verdict::Faster));
        let (low, high) = c.ci95.unwrap();
        // Wider than either alone, narrower than the quotient of the ends.
        assert!(
            low > 19.0 / 10.5 && low < 1.9 && high < 21.0 / 9.5 && high > 2.1,
            "{low} {high}"
        );
        let equal = compare(known(10.0, 9.0, 11.0), known(10.2, 9.5, 11.5)).unwrap();
        assert_eq!(equal.verdict, Verdict::NoClearDifference);
        let back = compare(known(10.0, 9.5, 10.5), known(20.0, 19.0, 21.0)).unwrap();
        assert_eq!(back.verdict, Verdict::Slower);
    }

    #[test]
    fn what_is_no_time_is_not_compared() {
        let some = known(1.0, 0.9, 1.1);
        for odd in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(compare(known(odd, 1.0, 1.0), some), None);
            let c = compare(known(1.0, odd, 1.0), some).unwrap();
            assert_eq!((c.ci95, c.verdict), (None, Verdict::TooFew));
        }
        let few = Known {
            median_ms: 1.0,
            ci95_ms: None,
        };
        assert_eq!(compare(few, some).unwrap().verdict, Verdict::TooFew);
    }
}
