//! In which order the iterations of a parallel loop run. No result may depend on it, which tests show by
//! trying several.

use crate::ir::{self, LANES};

/// An order of iterations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// From first to last.
    #[default]
    Natural,
    /// From last to first.
    Reversed,
    /// Leaf by leaf, and lane by lane within each.
    Lanes,
    /// By chance; the number is its seed.
    Shuffled(u64),
}

/// The iterations of a loop in some order. Where there are reductions the order within a lane is
/// kept, which is part of the language, and a leaf is finished before the next is begun.
#[derive(Debug)]
pub(super) struct Schedule {
    order: Order,
    n: u64,
    leaf: u64,
    /// How many iterations were given, where they need not go by leaves.
    given: u64,
    by_leaves: bool,
    at_leaf: u64,
    at_lane: usize,
    row: u64,
    lanes: [u64; LANES as usize],
    shuffle: (u64, u64),
}

impl Schedule {
    pub fn new(order: Order, n: u64, reduces: bool) -> Schedule {
        let leaf = ir::leaf(n);
        let by_leaves = match order {
            Order::Natural => false,
            Order::Lanes => true,
            Order::Reversed | Order::Shuffled(_) => reduces,
        };
        let mut lanes = [0, 1, 2, 3, 4, 5, 6, 7];
        let mut shuffle = (1, 0);
        match order {
            Order::Natural | Order::Lanes => {}
            Order::Reversed => lanes.reverse(),
            Order::Shuffled(seed) => {
                let mut state = seed;
                for i in (1..lanes.len()).rev() {
                    lanes.swap(i, (mixed(&mut state) % (i as u64 + 1)) as usize);
                }
                let among = if by_leaves { n.div_ceil(leaf) } else { n };
                shuffle = shuffled(&mut state, among);
            }
        }
        Schedule {
            order,
            n,
            leaf,
            given: 0,
            by_leaves,
            at_leaf: 0,
            at_lane: 0,
            row: 0,
            lanes,
            shuffle,
        }
    }

    /// The one of `among` that comes at a place.
    fn at(&self, place: u64, among: u64) -> u64 {
        match self.order {
            Order::Natural | Order::Lanes => place,
            Order::Reversed => among - 1 - place,
            Order::Shuffled(_) => {
                let (factor, offset) = self.shuffle;
                let spread = u128::from(place) * u128::from(factor) + u128::from(offset);
                (spread % u128::from(among)) as u64
            }
        }
    }

    /// The next iteration, from 0.
    pub fn next(&mut self) -> Option<u64> {
        if !self.by_leaves {
            let place = self.given;
            self.given += 1;
            return (place < self.n).then(|| self.at(place, self.n));
        }
        let leaves = self.n.div_ceil(self.leaf);
        while self.at_leaf < leaves {
            let start = self.at(self.at_leaf, leaves) * self.leaf;
            let length = self.leaf.min(self.n - start);
            if let Some(lane) = self.lanes.get(self.at_lane) {
                let iteration = lane + LANES * self.row;
                if iteration < length {
                    self.row += 1;
                    return Some(start + iteration);
                }
                self.at_lane += 1;
            } else {
                self.at_leaf += 1;
                self.at_lane = 0;
            }
            self.row = 0;
        }
        None
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014, Fast Splittable Pseudorandom Number Generators).
fn mixed(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A factor that has no divisor in common with n, and an offset: i to (i * factor + offset) mod n meets each once.
fn shuffled(state: &mut u64, n: u64) -> (u64, u64) {
    if n < 2 {
        return (1, 0);
    }
    let mut factor = mixed(state) % n;
    while common(factor, n) != 1 {
        factor = (factor + 1) % n;
    }
    (factor, mixed(state) % n)
}

/// The greatest common divisor.
fn common(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_meets_every_iteration_once() {
        for n in (0..70).chain([2047, 2048, 2049, 5003]) {
            for order in [Order::Natural, Order::Reversed, Order::Lanes, Order::Shuffled(n)] {
                for reduces in [false, true] {
                    let mut schedule = Schedule::new(order, n, reduces);
                    let mut met = vec![false; n as usize];
                    let mut last = [None; 8];
                    while let Some(i) = schedule.next() {
                        assert!(
                            !std::mem::replace(&mut met[i as usize], true),
                            "{order:?} {n} {i}"
                        );
                        let (leaf, lane) = (i / ir::leaf(n), (i % LANES) as usize);
                        // Within a lane of a leaf they come in order, where that matters.
                        if let (true, Some((before, other))) = (reduces, last[lane]) {
                            assert!(before != leaf || other < i, "{order:?} {n} {i}");
                        }
                        last[lane] = Some((leaf, i));
                    }
                    assert!(met.iter().all(|met| *met), "{order:?} {n}");
                }
            }
        }
    }

    #[test]
    fn orders_differ() {
        let all = |order| {
            let mut schedule = Schedule::new(order, 5000, false);
            std::iter::from_fn(|| schedule.next()).collect::<Vec<u64>>()
        };
        let orders = [
            Order::Natural,
            Order::Reversed,
            Order::Lanes,
            Order::Shuffled(1),
            Order::Shuffled(2),
        ];
        for (i, one) in orders.iter().enumerate() {
            for other in &orders[..i] {
                assert!(all(*one) != all(*other), "{one:?} {other:?}");
            }
        }
        assert_eq!(all(Order::Reversed)[..3], [4999, 4998, 4997]);
        assert_eq!(all(Order::Lanes)[..3], [0, 8, 16]);
    }
}
