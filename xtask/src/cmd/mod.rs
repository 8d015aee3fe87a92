//! The commands, one verb per file. Each returns whether what it checked was well.

pub mod bench;
pub mod dist;
pub mod kernel;
pub mod oracles;
pub mod serve;
pub mod setup;
pub mod shot;
pub mod test;
