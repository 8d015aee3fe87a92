//! What the fits share: a parameter with its interval, and least squares for few columns.
//!
//! A model is fitted in every block by itself, and a parameter is the median of what the
//! blocks say. So whatever hits a whole block alike hits one fit and not the interval's
//! honesty, and the interval needs no distribution: it is the median's own, from order
//! statistics. No fit is held within the range that makes sense (a serial fraction may come
//! out below 0): a fit that stops at 0 would push the median, and its interval, off the truth.

use crate::figures::{CONFIDENCE, median, median_interval};

/// A fitted parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Median of the parameter over the blocks.
    pub value: f64,
    /// Its 95 % interval; `None` for fewer than 6 blocks, which cannot carry one.
    pub ci95: Option<(f64, f64)>,
}

impl Estimate {
    /// The estimate that these values of single blocks make. `None` if there are none.
    pub(crate) fn of(values: &[f64]) -> Option<Estimate> {
        Some(Estimate {
            value: median(values)?,
            ci95: median_interval(values, CONFIDENCE),
        })
    }
}

/// Whether a clock can have said this.
pub(crate) fn is_time(ms: f64) -> bool {
    ms.is_finite() && ms > 0.0
}

/// Least squares of `N` parameters with a weight for each row.
///
/// Timing noise is relative: 3 % of a microsecond and 3 % of a second are equally likely. So
/// a row's weight is the inverse square of its typical size, without which the longest time
/// alone would decide. That size is to be the median over *all* blocks, never the block's own
/// value: a block's own value is large where its noise is, noise that pushes up would weigh
/// less than noise that pushes down, and every fit would come out too low. With weights that
/// the blocks share a fit is linear in the block's times, and symmetric noise stays symmetric.
pub(crate) struct LeastSquares<const N: usize> {
    rows: Vec<[f64; N]>,
    weights: Vec<f64>,
}

impl<const N: usize> LeastSquares<N> {
    /// For a design of `rows` whose values are typically `sizes`.
    pub(crate) fn new(rows: Vec<[f64; N]>, sizes: &[f64]) -> LeastSquares<N> {
        let weights = sizes.iter().map(|size| size.powi(-2)).collect();
        LeastSquares { rows, weights }
    }

    /// The parameters that fit `values`, one for each row, best; rows whose value is NaN are
    /// left out. `None` where the rows cannot tell the parameters apart.
    ///
    /// Normal equations, columns scaled to length 1, elimination with pivots (Golub and Van
    /// Loan, Matrix Computations, 5.3 and 3.4): enough for three columns that are not alike.
    pub(crate) fn fit(&self, values: &[f64]) -> Option<[f64; N]> {
        let rows: Vec<usize> = (0..self.rows.len()).filter(|i| !values[*i].is_nan()).collect();
        let sum =
            |term: &dyn Fn(usize) -> f64| -> f64 { rows.iter().map(|i| self.weights[*i] * term(*i)).sum() };
        let lengths: [f64; N] = std::array::from_fn(|j| sum(&|i| self.rows[i][j].powi(2)).sqrt());
        let mut a: [[f64; N]; N] = std::array::from_fn(|j| {
            std::array::from_fn(|k| sum(&|i| self.rows[i][j] * self.rows[i][k]) / (lengths[j] * lengths[k]))
        });
        let mut b: [f64; N] = std::array::from_fn(|j| sum(&|i| self.rows[i][j] * values[i]) / lengths[j]);
        for j in 0..N {
            let pivot = (j..N).max_by(|k, l| a[*k][j].abs().total_cmp(&a[*l][j].abs()))?;
            if a[pivot][j].is_nan() || a[pivot][j].abs() <= SINGULAR {
                return None;
            }
            a.swap(j, pivot);
            b.swap(j, pivot);
            for k in j + 1..N {
                let factor = a[k][j] / a[j][j];
                let above = a[j];
                for (value, above) in a[k].iter_mut().zip(above) {
                    *value -= factor * above;
                }
                b[k] -= factor * b[j];
            }
        }
        for j in (0..N).rev() {
            let known: f64 = (j + 1..N).map(|k| a[j][k] * b[k]).sum();
            b[j] = (b[j] - known) / a[j][j];
        }
        let parameters: [f64; N] = std::array::from_fn(|j| b[j] / lengths[j]);
        parameters.iter().all(|p| p.is_finite()).then_some(parameters)
    }
}

/// Pivot below which columns of length 1 count as the same column.
const SINGULAR: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_rows_give_exact_parameters() {
        let rows: Vec<[f64; 3]> = [1.0f64, 2.0, 3.0, 5.0]
            .iter()
            .map(|x| [1.0, x * 1e6, x * x * 1e12])
            .collect();
        let values: Vec<f64> = rows
            .iter()
            .map(|r| 3.0 * r[0] - 2e-6 * r[1] + 5e-13 * r[2])
            .collect();
        let fit = LeastSquares::new(rows, &[1.0, 2.0, 3.0, 4.0])
            .fit(&values)
            .unwrap();
        for (ours, truth) in fit.into_iter().zip([3.0, -2e-6, 5e-13]) {
            assert!((ours / truth - 1.0).abs() < 1e-9, "{fit:?}");
        }
    }

    /// A line through (1, 1), (2, 3), (3, 4) with weights 1, 4, 1, solved by hand.
    #[test]
    fn weights_are_inverse_squares_of_sizes() {
        let rows = vec![[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]];
        let fit = LeastSquares::new(rows, &[1.0, 0.5, 1.0])
            .fit(&[1.0, 3.0, 4.0])
            .unwrap();
        assert!(
            (fit[0] + 1.0 / 6.0).abs() < 1e-12 && (fit[1] - 1.5).abs() < 1e-12,
            "{fit:?}"
        );
    }

    #[test]
    fn what_cannot_be_told_apart_is_not_fitted() {
        let same = LeastSquares::new(vec![[1.0, 2.0]; 4], &[1.0; 4]);
        assert_eq!(same.fit(&[1.0; 4]), None);
        let empty = LeastSquares::<2>::new(Vec::new(), &[]);
        assert_eq!(empty.fit(&[]), None);
        let odd = LeastSquares::new(vec![[1.0, 1.0], [1.0, f64::NAN]], &[1.0; 2]);
        assert_eq!(odd.fit(&[1.0; 2]), None);
        let line = LeastSquares::new(vec![[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]], &[1.0; 3]);
        let fit = line.fit(&[3.0, f64::NAN, 5.0]).unwrap();
        assert!((fit[0] - 2.0).abs() < 1e-12 && (fit[1] - 1.0).abs() < 1e-12);
        assert_eq!(line.fit(&[3.0, f64::NAN, f64::NAN]), None);
    }

    #[test]
    fn few_blocks_have_no_interval() {
        assert_eq!(Estimate::of(&[]), None);
        let few = Estimate::of(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        assert_eq!((few.value, few.ci95), (3.0, None));
        let enough = Estimate::of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert_eq!(enough.ci95, Some((1.0, 6.0)));
    }
}
