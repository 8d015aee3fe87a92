//! Where everything lies in a frame.

use super::Refusal;
use super::plan;
use super::walk::{self, Seen};
use crate::ir::{Array, LEAVES, Local, ParFor, Param, Program, Reduction, Stmt};
use crate::types::Scalar;
use crate::value::Arg;

/// Bytes of an error's record: site + 1 or 0 (`i32`), axis (`i32`), index, length and iteration (`i64` each).
pub const RECORD: u32 = 32;

/// Bytes of frames at most, without records: everything that a module addresses stays an `i32`.
const MOST_BYTES: usize = 1 << 28;

/// How a module is called: offsets are from the frame's begin, which is 16-aligned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Abi {
    /// Of the records, behind everything else: `run`'s, then those of slots 1, 2...
    pub records: u32,
    /// What the kernel takes, in order.
    pub params: Vec<Slot>,
    /// What it gives, in order.
    pub results: Vec<Slot>,
    /// Bytes that the host puts there before the first run.
    pub constants: Vec<u8>,
    /// Where they go.
    pub constants_at: u32,
    /// What the kernel was made for, if it holds for nothing else: see [`Arg::admits`].
    pub made_for: Option<Vec<Arg>>,
    /// For each parallel loop whether chunks have to be multiples of leaves.
    pub reduces: Vec<bool>,
    /// For each parallel loop whether several of its iterations can be one step, where there are lanes.
    pub lanes: Vec<bool>,
}

/// A place in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Where.
    pub at: u32,
    /// What is there.
    pub kind: SlotKind,
}

/// What is in a place of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotKind {
    /// 8 bytes, of which as many count as the type has.
    Scalar(Scalar),
    /// A handle: the address (`i32`, then 4 bytes of nothing), then for each axis length and stride in bytes (`i64` each).
    Array {
        /// Of what.
        of: Scalar,
        /// Axes.
        axes: u8,
    },
}

impl Abi {
    /// Bytes of a frame for `run` and this many further slots.
    pub fn frame_bytes(&self, slots: u32) -> u32 {
        self.records + RECORD * (slots + 1)
    }
}

/// What a parallel loop finds in the frame.
#[derive(Debug, Default)]
pub(super) struct LoopLayout {
    /// Its first iteration, an `i64`.
    pub start: u32,
    /// Iterations of a leaf, an `i64`.
    pub leaf: u32,
    /// Variables from around it.
    pub locals: Vec<(Local, u32)>,
    /// Arrays from around it.
    pub arrays: Vec<(Array, u32)>,
    /// Results of each reduction by leaf, 8 bytes each.
    pub partials: Vec<(Reduction, u32)>,
}

/// The whole frame.
#[derive(Debug, Default)]
pub(super) struct Layouts {
    pub abi: Abi,
    pub loops: Vec<LoopLayout>,
    /// Offsets of tables, from the frame's begin.
    pub tables: Vec<u32>,
}

impl Layouts {
    pub fn new(program: &Program, loops: &[&ParFor]) -> Result<Layouts, Vec<Refusal>> {
        let mut layouts = Layouts::default();
        let mut end = 0usize;
        layouts.abi.made_for.clone_from(&program.made_for);
        layouts.abi.params = program
            .params
            .iter()
            .map(|one| place(program, *one, &mut end))
            .collect();
        layouts.abi.results = program
            .results
            .iter()
            .map(|one| place(program, *one, &mut end))
            .collect();
        for one in loops {
            let layout = capture(program, one, &mut end);
            layouts.abi.reduces.push(!layout.partials.is_empty());
            layouts.abi.lanes.push(plan::suits_lanes(one));
            layouts.loops.push(layout);
        }
        end = end.next_multiple_of(16);
        layouts.abi.constants_at = end as u32;
        for table in &program.tables {
            layouts.tables.push((end + layouts.abi.constants.len()) as u32);
            let bytes = table.of.bytes() as usize;
            for bits in &table.bits {
                layouts.abi.constants.extend(&bits.to_le_bytes()[..bytes]);
            }
            layouts
                .abi
                .constants
                .resize(layouts.abi.constants.len().next_multiple_of(16), 0);
        }
        end += layouts.abi.constants.len();
        if end > MOST_BYTES {
            return Err(vec![Refusal::TooLarge {
                what: "frame",
                is: end,
                limit: MOST_BYTES,
            }]);
        }
        layouts.abi.records = end as u32;
        Ok(layouts)
    }
}

fn handle_bytes(axes: u8) -> usize {
    8 + 16 * usize::from(axes)
}

fn take(end: &mut usize, bytes: usize) -> u32 {
    let at = *end;
    *end += bytes;
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn place(program: &Program, param: Param, end: &mut usize) -> Slot {
    match param {
        Param::Scalar(local) => Slot {
            at: take(end, 8),
            kind: SlotKind::Scalar(program.locals[local.0 as usize].of),
        },
        Param::Array(array) => {
            let info = &program.arrays[array.0 as usize];
            Slot {
                at: take(end, handle_bytes(info.axes)),
                kind: SlotKind::Array {
                    of: info.of,
                    axes: info.axes,
                },
            }
        }
    }
}

/// What a loop's body mentions and does not have of its own.
fn capture(program: &Program, one: &ParFor, end: &mut usize) -> LoopLayout {
    let mut seen = Seen::default();
    walk::body(&one.body, &mut seen);
    let start = take(end, 8);
    let leaf = take(end, 8);
    let own = |local: &Local| {
        *local == one.var || one.private.contains(local) || one.reductions.iter().any(|r| r.local == *local)
    };
    let locals = seen
        .reads
        .iter()
        .filter(|local| !own(local))
        .map(|local| (*local, take(end, 8)))
        .collect();
    let arrays = seen
        .arrays
        .iter()
        .filter(|array| !one.private_arrays.contains(array));
    let arrays = arrays.map(|array| {
        let axes = program.arrays[array.0 as usize].axes;
        (*array, take(end, handle_bytes(axes)))
    });
    let arrays = arrays.collect();
    let partials = one
        .reductions
        .iter()
        .map(|one| (*one, take(end, 8 * LEAVES as usize)))
        .collect();
    LoopLayout {
        start,
        leaf,
        locals,
        arrays,
        partials,
    }
}

/// Whether a body makes arrays.
pub(super) fn allocates(body: &[Stmt]) -> bool {
    let mut seen = Seen::default();
    walk::body(body, &mut seen);
    seen.allocates
}
