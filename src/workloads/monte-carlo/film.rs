//! Darts as they fall.

use super::{Board, reference};
use crate::kernel::Film;
use parallax_protocol::Picture;

const SIDE: usize = 256;
const FRAMES: usize = 120;
const DARTS: usize = 200;

pub struct Falling {
    board: Board,
    seed: u64,
    frame: usize,
}

impl Falling {
    pub fn new(seed: u64) -> Self {
        Falling {
            board: Board::new(SIDE),
            seed,
            frame: 0,
        }
    }
}

impl Film for Falling {
    fn next(&mut self) -> Option<Picture> {
        if self.frame == FRAMES {
            return None;
        }
        let darts = self.frame * DARTS..(self.frame + 1) * DARTS;
        self.frame += 1;
        self.board
            .throw(darts.map(|dart| reference::dart(self.seed, dart)));
        Some(self.board.picture())
    }
}
