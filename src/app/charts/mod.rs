//! Pure models of what is drawn; the components only write them down as elements.

pub mod axis;
pub mod plot;
pub mod race;
pub mod summary;

#[cfg(test)]
mod tests;
