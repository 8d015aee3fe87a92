//! What a back end may take at the next size, going by those before.

/// Operations and milliseconds of a back end's last two sizes.
#[derive(Debug, Default)]
pub(super) struct Paces(Vec<(f64, f64)>);

impl Paces {
    /// Another size.
    pub(super) fn add(&mut self, flops: f64, ms: f64) {
        self.0.push((flops, ms));
        if self.0.len() > 2 {
            self.0.remove(0);
        }
    }

    /// What a run of so many operations may take: along the line through the last two sizes, so
    /// that a fixed cost does not grow with them; of one alone, in proportion.
    pub(super) fn at(&self, flops: f64) -> Option<f64> {
        let (last_flops, last_ms) = *self.0.last()?;
        let ms = match self.0[..] {
            [(before, before_ms), _] if last_flops > before => {
                let slope = ((last_ms - before_ms) / (last_flops - before)).max(0.0);
                last_ms + slope * (flops - last_flops)
            }
            _ => last_ms * flops / last_flops,
        };
        Some(ms.max(0.0))
    }
}
