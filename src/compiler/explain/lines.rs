//! From places to lines.

/// Where the lines of a text begin.
pub struct Lines(Vec<u32>);

impl Lines {
    pub fn new(text: &str) -> Lines {
        let ends = text.bytes().zip(1u32..).filter(|(byte, _)| *byte == b'\n');
        Lines([0].into_iter().chain(ends.map(|(_, next)| next)).collect())
    }

    /// The line of a place as [`crate::told`] counts, from 1; 0 of none.
    pub fn of(&self, at: u32) -> u32 {
        match at {
            0 => 0,
            at => self.0.partition_point(|begin| *begin < at) as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn a_place_has_the_line_that_it_is_in() {
        let lines = Lines::new("ab\nc\n\nd");
        let found: Vec<u32> = (0..9).map(|at| lines.of(at)).collect();
        assert_eq!(found, [0, 1, 1, 1, 2, 2, 3, 4, 4]);
    }
}
