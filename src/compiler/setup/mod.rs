//! What a kernel is given: `def setup(n)` run as CPython and NumPy 2 run it.
//!
//! Under real Numba a file's `setup(n)` is plain Python over NumPy, so that here it is evaluated on the tree with
//! the same rules: Python's integers do not wrap, NumPy's do; Python's numbers take the type of what they meet
//! (NEP 50); slices are views; floats are summed pairwise in NumPy's blocks; random numbers are PCG64's. Integers,
//! the four operations, square roots, sums and random numbers are equal to the last bit. Functions that NumPy takes
//! from the C library or from the machine's vector units (`exp`, `sin`, `**`, `dot` of floats, a normal number in
//! the tails) may differ in the last bits, as they do between machines that run NumPy.
//!
//! What it reads (`np.load` and the like) was given beside the text: nothing here opens a file.
//!
//! Steps, memory and depth are bounded by [`Limits`].

mod args;
mod array;
mod builtins;
mod create;
mod eval;
mod files;
mod index;
mod iterate;
mod linear;
mod methods;
mod number;
mod numpy;
mod object;
mod ops;
mod random;
mod reduce;
mod scope;
mod shape;
mod subscript;
mod ufunc;

use crate::diagnostic::{Diagnostic, Kind};
use crate::module::{File, Global, Number};
use crate::source::Span;
use crate::syntax::{Expr, Literal};
use crate::types::{MOST_AXES, Scalar};
use crate::value::{ArrayValue, Value};
use array::Array;
pub use files::DataFile;
use object::{Budget, Fault, Object, Res};
pub(crate) use scope::assigned;

/// How far it may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nodes of the tree that are evaluated, and elements that are computed.
    pub steps: u64,
    /// Bytes of arrays and lists at once.
    pub bytes: usize,
    /// Expressions, blocks and calls within one another.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            steps: 2_000_000_000,
            // A browser's memory is 1 GiB, and each back end has the arguments once more.
            bytes: if cfg!(target_arch = "wasm32") {
                160 << 20
            } else {
                1 << 30
            },
            depth: 400,
        }
    }
}

/// What `setup` returns.
#[derive(Debug)]
pub struct Given {
    /// The parts of the tuple, or the one value.
    pub values: Vec<Value>,
    /// Which of them, tuples' parts one after the other, have elements in common. A kernel is given each by itself.
    pub meetings: Vec<[usize; 2]>,
}

/// Runs `setup(n)`, which may read the files. `stop` is asked now and then whether to end.
///
/// # Errors
/// What is not supported, what Python would raise, or what is too much, at its place.
pub fn setup(
    file: &File,
    n: i64,
    files: &[DataFile],
    limits: &Limits,
    stop: &dyn Fn() -> bool,
) -> Result<Given, Diagnostic> {
    let Some(function) = file.setup else {
        let words = "this file has no setup(n)";
        return Err(Diagnostic::new(Kind::Name, Span::default(), words));
    };
    let budget = Budget::new(limits.bytes, limits.steps, stop);
    let mut machine = eval::Machine::new(file, files, budget, limits.depth);
    let span = file.functions[function].span;
    let run = |machine: &mut eval::Machine| -> Res<Given> {
        let returned = machine.call(function, vec![Object::Int(n.into())], Vec::new())?;
        let meetings = meetings(&returned)?;
        let values = match returned {
            Object::Tuple(all) => all.to_vec().iter().map(|one| value(machine, one, 0)).collect(),
            one => value(machine, &one, 0).map(|one| vec![one]),
        };
        Ok(Given {
            values: values?,
            meetings,
        })
    };
    run(&mut machine).map_err(|fault| fault.at(span).into_told())
}

/// How far an expression outside of functions is worked out: whoever types waits for it.
const OUTSIDE: (usize, u64, u32) = (1 << 20, 20_000, 100);

/// What an expression outside of functions comes to, if that is a constant and soon found.
///
/// # Errors
/// What Python would raise, or what is not supported here.
pub(crate) fn constant(file: &File, expr: &Expr) -> Result<Option<Global>, Diagnostic> {
    let (bytes, steps, depth) = OUTSIDE;
    let mut machine = eval::Machine::new(file, &[], Budget::new(bytes, steps, &|| false), depth);
    let object = machine.outside(expr).map_err(Fault::into_told)?;
    Ok(global(&object))
}

fn global(object: &Object) -> Option<Global> {
    Some(match object {
        Object::None => Global::None,
        Object::Bool(value) => Global::Number(Number::int(Scalar::Bool, i128::from(*value), true)),
        Object::Int(value) => Global::Number(Number::literal(Literal::Int(*value))?),
        Object::Float(value) => Global::Number(Number::float(Scalar::F64, *value, true)),
        Object::Scalar(of, bits) => Global::Number(Number {
            of: *of,
            bits: *bits,
            is_weak: false,
        }),
        Object::Str(text) => Global::Text(text.to_string()),
        Object::Type(of, _) => Global::Type(*of),
        Object::Tuple(all) | Object::List(all) => {
            let all: Option<Vec<Global>> = all.to_vec().iter().map(global).collect();
            Global::Tuple(all?)
        }
        Object::Library(name) => Global::Library(name.to_string()),
        Object::Function(at) => Global::Function(*at),
        Object::Array(_) | Object::Range(_) | Object::Iter(_) | Object::Generator(_) => return None,
    })
}

/// Pairs of arrays that have elements in common, by their places among the parts of what is returned, those of tuples
/// one after the other.
fn meetings(returned: &Object) -> Res<Vec<[usize; 2]>> {
    fn arrays(object: &Object, at: &mut usize, out: &mut Vec<(usize, Array)>) {
        match object {
            Object::Array(array) => out.push((*at, array.clone())),
            Object::Tuple(all) => return all.to_vec().iter().for_each(|one| arrays(one, at, out)),
            Object::None => return,
            _ => {}
        }
        *at += 1;
    }
    let (mut all, mut found) = (Vec::new(), Vec::new());
    arrays(returned, &mut 0, &mut all);
    for (i, (at, one)) in all.iter().enumerate() {
        for (place, other) in &all[i + 1..] {
            if one.meets(other)? {
                found.push([*at, *place]);
            }
        }
    }
    Ok(found)
}

/// An object as a kernel gets it.
fn value(machine: &eval::Machine, object: &Object, depth: usize) -> Res<Value> {
    Ok(match object {
        Object::None => Value::None,
        Object::Bool(value) => Value::Scalar(Scalar::Bool, u64::from(*value)),
        Object::Int(value) => match i64::try_from(*value) {
            Ok(value) => Value::int(value),
            Err(_) => match u64::try_from(*value) {
                Ok(value) => Value::Scalar(Scalar::U64, value),
                Err(_) => {
                    let words = format!("setup returns {value}, which is no 64-bit integer");
                    return Err(Fault::raised("OverflowError", words));
                }
            },
        },
        Object::Float(value) => Value::float(*value),
        Object::Scalar(of, bits) => Value::Scalar(*of, *bits),
        Object::Array(array) => {
            let axes = array.shape.len();
            if !(1..=usize::from(MOST_AXES)).contains(&axes) {
                let words =
                    format!("setup returns an array of {axes} axes; kernels are given 1 to {MOST_AXES}");
                return Err(Fault::unsupported(words).help("reshape it"));
            }
            let whole = array.contiguous(&machine.budget)?;
            let width = array.of.bytes() as usize;
            let range = whole.start * width..(whole.start + whole.len()) * width;
            Value::Array(ArrayValue {
                of: array.of,
                shape: whole.shape.clone(),
                bytes: whole.data.bytes.borrow().get(range).unwrap_or_default().to_vec(),
            })
        }
        Object::Tuple(all) if depth < 16 => {
            let all = all.to_vec();
            Value::Tuple(
                all.iter()
                    .map(|one| value(machine, one, depth + 1))
                    .collect::<Res<_>>()?,
            )
        }
        Object::List(_) => {
            return Err(
                Fault::unsupported("setup returns a list, which kernels are not given")
                    .help("make an array of it: np.array(...)"),
            );
        }
        _ => {
            let words = format!(
                "setup returns a '{}', which kernels are not given",
                object.type_name()
            );
            return Err(Fault::unsupported(words));
        }
    })
}
