//! Our estimators against NumPy's and SciPy's, computed by oracles/oracles.py.

use parallax_stats::{mad, median, median_interval, outliers, quartiles};

fn close(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= 1e-12 * theirs.abs().max(1.0)
}

#[test]
fn median_mad_quartiles_and_outliers_are_scipys() {
    let lines = include_str!("oracles/estimators.txt").lines();
    let mut flagged = 0;
    for line in lines.clone() {
        let mut parts = line.split('\t');
        let mut numbers = || -> Vec<f64> {
            let part = parts.next().expect("a field");
            part.split(' ').map(|v| v.parse().expect("a number")).collect()
        };
        let (values, figures) = (numbers(), numbers());
        let flags: Vec<bool> = parts.next().expect("flags").chars().map(|c| c == '1').collect();
        let (q1, q3) = quartiles(&values).expect("quartiles");
        let ours = [
            median(&values).expect("a median"),
            mad(&values).expect("a MAD"),
            q1,
            q3,
        ];
        for (ours, theirs) in ours.into_iter().zip(figures) {
            assert!(close(ours, theirs), "{ours} is not {theirs} of {values:?}");
        }
        assert_eq!(outliers(&values), flags, "{values:?}");
        flagged += flags.iter().filter(|f| **f).count();
    }
    assert!(lines.count() >= 40 && flagged > 10);
}

/// SciPy's interval inverts the exact binomial test, from which the same ranks follow.
#[test]
fn ranks_of_the_medians_interval_are_scipys() {
    for line in include_str!("oracles/ranks.txt").lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let n: u32 = fields[0].parse().expect("n");
        let values: Vec<f64> = (1..=n).map(f64::from).collect();
        let ours = median_interval(&values, fields[1].parse().expect("a level"));
        let theirs = match fields[2] {
            "none" => None,
            low => Some((low.parse().expect("a rank"), fields[3].parse().expect("a rank"))),
        };
        assert_eq!(ours, theirs, "{line}");
    }
}
